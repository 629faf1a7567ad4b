/** The prompts that are measured on, and how well the model does on them. */
import type { ReactElement } from 'react';
import { measures } from '../../engine/terms/measures.ts';
import type { Baseline } from '../../engine/results/taskReport.ts';
import { useWorkspace } from '../api/hooks.ts';
import { promptsName } from '../api/jobs.ts';
import { useTaskReport } from '../api/taskReport.ts';
import { useWorkbench } from '../api/workbench.ts';
import { decimalsFor, formatFixed, formatHalfWidth } from '../marks/format.ts';
import { viewOf } from './viewOf.ts';

export function PromptChip(): ReactElement {
  const { workspace, dialogs } = useWorkbench();
  const prompts = useWorkspace((state) => state.prompts);
  const { result, status, error } = useTaskReport();
  const open = () =>
    viewOf('prompts') === null ? dialogs.show({ kind: 'palette', page: 'prompts' }) : workspace.goTo('prompts');
  const words = [
    prompts?.kind === 'task' ? `${prompts.n} pairs` : null,
    result === null ? null : describe(result.baseline),
    status === 'loading' || status === 'partial' ? 'measuring' : null,
  ];
  return (
    <button type="button" className="chip" onClick={open}>
      <span className="spoken">Prompts: </span>
      <span className="chip-name">{prompts === null ? 'No prompts' : promptsName(prompts)}</span>
      <span className="chip-detail">{words.filter(Boolean).join(' · ')}</span>
      {error !== null && <span className="chip-warn">{error.message}</span>}
      {result?.baseline.doesTask === false && <span className="chip-warn">at chance</span>}
    </button>
  );
}

/** `logit difference 4.92 ±0.31 · 16/16 right`. */
function describe({ metricId, metric, accuracy }: Baseline): string {
  const [low, high] = metric.interval;
  const decimals = decimalsFor(metric.mean);
  const value = `${formatFixed(metric.mean, decimals)} ${formatHalfWidth((high - low) / 2, decimals)}`;
  return `${measures[metricId].title} ${value} · ${Math.round(accuracy.mean * accuracy.n)}/${accuracy.n} right`;
}
