/** The measures as a list to choose from: under the name of their run, newest first. */
import type { RunSummary } from '../../../engine/results/runs.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import type { SelectOption } from '../../parts/select.tsx';

const kinds: Readonly<Record<HeadMeasure['call'], string>> = {
  ablate: 'exact effect',
  attribute: 'estimate',
  scores: 'behaviour',
  imported: 'imported',
};

export function measureOptions(
  list: readonly HeadMeasure[],
  runs: readonly RunSummary[],
): readonly SelectOption<string>[] {
  return list.map((measure) => ({
    value: measure.id,
    title: measure.title,
    detail: measure.n === 0 ? kinds[measure.call] : `${kinds[measure.call]} · n ${measure.n}`,
    group: groupOf(measure, runs),
  }));
}

/** `Zero ablation of heads, ioi · 26 Nov, 14:03`. */
function groupOf({ run: id, dataset }: HeadMeasure, runs: readonly RunSummary[]): string {
  const run = runs.find((candidate) => candidate.id === id);
  return run === undefined ? dataset : `${run.title} · ${timeOf(run.created)}`;
}

function timeOf(created: string): string {
  const options = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  return new Date(created).toLocaleString('en-GB', options);
}
