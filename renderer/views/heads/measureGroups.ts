/** The measures as a list to choose from: by what they are about, the newest first, with what was typed as a filter. */
import type { RunSummary } from '../../../engine/results/runs.ts';
import type { HeadMeasure, MeasureFamily } from '../../api/headMeasure.ts';
import { measureFamilies } from '../../api/measureFamilies.ts';
import { measureKinds } from '../../api/measureKinds.ts';
import { samplesWords } from './measureWords.ts';

export interface MeasureOption {
  readonly id: string;
  readonly title: string;
  /** `ioi · n 64 prompts · 26 Nov, 14:03` */
  readonly detail: string;
  /** All that it can be found by. */
  readonly words: string;
}

export interface MeasureGroup {
  readonly heading: string;
  readonly options: readonly MeasureOption[];
}

export interface MeasureList {
  readonly groups: readonly MeasureGroup[];
  /** Measures that a newer run has measured again on the same: left out of the groups unless they are asked for. */
  readonly older: number;
}

export interface MeasureFilter {
  /** Every word of it must be found, in any order. */
  readonly typed: string;
  readonly withOlder: boolean;
  /** Never left out for being old. */
  readonly chosen: string | null;
}

export function measureGroups(
  list: readonly HeadMeasure[],
  runs: readonly RunSummary[],
  { typed, withOlder, chosen }: MeasureFilter,
): MeasureList {
  const old = olderOf(list);
  const shown = list.filter((measure) => withOlder || measure.id === chosen || !old.has(measure));
  const families = Object.keys(measureFamilies) as readonly MeasureFamily[];
  const groups = families.map((family) => ({
    heading: measureFamilies[family],
    options: sameTogether(shown.filter((measure) => measure.family === family))
      .map((measure) => optionOf(measure, runs))
      .filter(({ words }) => fits(words, typed)),
  }));
  return { groups: groups.filter(({ options }) => options.length > 0), older: old.size };
}

/** The same score on other prompts stands beside it. */
function sameTogether(list: readonly HeadMeasure[]): readonly HeadMeasure[] {
  const titles = [...new Set(list.map(({ title }) => title))];
  return titles.flatMap((title) => list.filter((measure) => measure.title === title));
}

/** The list has the newest first. */
function olderOf(list: readonly HeadMeasure[]): ReadonlySet<HeadMeasure> {
  const seen = new Set<string>();
  return new Set(
    list.filter(({ title, dataset }) => {
      const key = `${title}\n${dataset}`;
      const isOld = seen.has(key);
      seen.add(key);
      return isOld;
    }),
  );
}

function optionOf(measure: HeadMeasure, runs: readonly RunSummary[]): MeasureOption {
  const { id, title, short, rule, kind, family, dataset } = measure;
  const run = runs.find((candidate) => candidate.id === measure.run);
  const detail = [dataset, samplesWords(measure), run === undefined ? '' : timeOf(run.created)];
  const named = [title, short, rule, measureKinds[kind].name, measureFamilies[family], ...detail, run?.title ?? ''];
  return {
    ...{ id, title, words: named.join(' ').toLowerCase() },
    detail: detail.filter((part) => part !== '').join(' · '),
  };
}

function fits(words: string, typed: string): boolean {
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => words.includes(word));
}

function timeOf(created: string): string {
  const options = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  return new Date(created).toLocaleString('en-GB', options);
}
