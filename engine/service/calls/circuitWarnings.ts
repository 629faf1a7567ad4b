/** What somebody should know who reads the tables of a circuit bench. */
import type { Ends } from '../../circuits/evaluation/faithfulness.ts';
import { faithfulness } from '../../circuits/evaluation/faithfulness.ts';
import { untrainedDoesAsWell, untrainedId } from '../../circuits/evaluation/untrainedDoesAsWell.ts';
import type { CircuitRow } from '../../results/circuitBench.ts';
import type { Baseline } from '../../results/taskReport.ts';
import type { Measured } from './measuredPrompts.ts';
import { cannotDo } from './measuredPrompts.ts';

export interface BenchFound {
  readonly rows: readonly CircuitRow[];
  /** Labels of those that claim a circuit. */
  readonly methods: readonly string[];
  readonly baseline: Baseline;
  readonly measured: Measured;
  readonly ends: Ends;
}

const FEW_PROMPTS = 30;

export function circuitWarnings({ rows, methods, baseline, measured, ends }: BenchFound): string[] {
  const n = measured.prompts.length;
  return [
    ...(baseline.doesTask ? [] : [cannotDo(measured)]),
    ...(n < FEW_PROMPTS
      ? [`${n} prompts: rankings of so few change from draw to draw; take ${FEW_PROMPTS} or more`]
      : []),
    ...(faithfulness(ends.whole, ends) === null
      ? ['the model does as well with every node replaced: faithfulness is not defined']
      : []),
    ...methods.flatMap((method) => aboutTraining(rows, method)),
    ...missingSizes(rows),
  ];
}

/** Of each method, the points that its curve over numbers of prompts lacks, and why. */
function missingSizes(rows: readonly CircuitRow[]): string[] {
  const missing = rows.filter((row) => row.of === 'unsampled');
  return [...new Set(missing.map(({ method }) => method))].map((method) => {
    const own = missing.filter((row) => row.method === method);
    const sizes = [...new Set(own.map(({ prompts }) => prompts))].sort((a, b) => a - b);
    return `${method} on the first ${sizes.join(', ')} prompts: left out of the curve over numbers of prompts (${own[0]?.reason})`;
  });
}

/** Of a method that draws, against every reference. */
function aboutTraining(rows: readonly CircuitRow[], method: string): string[] {
  const references = new Set(
    rows.flatMap((row) => (row.of === 'judged' && row.method === method ? [row.reference] : [])),
  );
  return [...references].flatMap((reference) =>
    untrainedLabels(rows).flatMap((label) => {
      const [ours, theirs] = [aucsOf(rows, method, reference), aucsOf(rows, label, reference)];
      if (ours.length === 0 || theirs.length === 0) return [];
      const trained = { method, reference, aucs: ours };
      return untrainedDoesAsWell(trained, { method: label, reference, aucs: theirs }) ?? [];
    }),
  );
}

/** Where it was asked for several times, each with its settings. */
function untrainedLabels(rows: readonly CircuitRow[]): string[] {
  const judged = new Set(rows.flatMap((row) => (row.of === 'judged' ? [row.method] : [])));
  return [...judged].filter((label) => label === untrainedId || label.startsWith(`${untrainedId} `));
}

/** One a run. */
function aucsOf(rows: readonly CircuitRow[], method: string, reference: string): number[] {
  return rows.flatMap((row) =>
    row.of === 'judged' && row.method === method && row.reference === reference && typeof row.seed === 'number'
      ? [row.auc]
      : [],
  );
}
