/** What the rows of a mask curve say, arm by arm: pure arithmetic, so that a picture is drawn while rows still come. Imports terms only. */
import type { MaskArm, MaskCurveHeader, MaskRunRow, MaskTextRow } from './maskCurve.ts';

/** A mean over rows; the interval is that of the clusters (needles), for runs of one needle are not independent. */
export interface ClusteredMean {
  readonly mean: number;
  /** 95 %, from Student's t of clusters - 1; null with one cluster, which says nothing of others. */
  readonly interval: readonly [low: number, high: number] | null;
  readonly n: number;
  readonly clusters: number;
}

/** One set of heads under one mask, or the random sets of one k taken together. */
export interface MaskPoint {
  /** Null: the model as it is. */
  readonly mask: MaskArm['mask'] | null;
  readonly set: MaskArm['set'];
  readonly k: number;
  /** Sets that were averaged: 1 but for random ones. */
  readonly draws: number;
  /** Of runs that ask for the answer at once, and of those that ask for steps first; null without any. */
  readonly accuracy: ClusteredMean | null;
  readonly stepsAccuracy: ClusteredMean | null;
  /** Share of the answer's tokens that are the first choice, and nats per token of it; runs that ask for it at once. */
  readonly firstChoice: ClusteredMean | null;
  readonly logProbability: ClusteredMean | null;
  /** Nats per token of plain text; each text is a cluster. */
  readonly loss: ClusteredMean | null;
  /** exp(loss) */
  readonly perplexity: number | null;
  /** Least and largest mean of a single draw; null but for random sets. */
  readonly spread: {
    readonly accuracy: Ends | null;
    readonly firstChoice: Ends | null;
    readonly logProbability: Ends | null;
    readonly perplexity: Ends | null;
  } | null;
}

type Ends = readonly [least: number, most: number];

/** The first k minus random sets of k, row by row. */
export interface MaskContrast {
  readonly mask: NonNullable<MaskArm['mask']>;
  readonly k: number;
  readonly accuracy: ClusteredMean | null;
  readonly stepsAccuracy: ClusteredMean | null;
  readonly firstChoice: ClusteredMean | null;
  readonly logProbability: ClusteredMean | null;
  readonly loss: ClusteredMean | null;
}

export interface MaskRows {
  readonly header: MaskCurveHeader;
  readonly runs: readonly MaskRunRow[];
  readonly texts: readonly MaskTextRow[];
}

/** The model as it is first, then in the order of the arms; random sets of one k are one point. */
export function maskPoints(rows: MaskRows): MaskPoint[] {
  return groupsOf(rows.header.arms).map((group) => pointOf(rows, group));
}

/** For every mask and k that has random sets. */
export function maskContrasts(rows: MaskRows): MaskContrast[] {
  const groups = groupsOf(rows.header.arms);
  return groups.flatMap((top) => {
    const [first] = top;
    if (first?.arm.set !== 'top' || first.arm.mask === null) return [];
    const { mask, k } = first.arm;
    const random = groups.find(([one]) => one?.arm.set === 'random' && one.arm.k === k && sameMask(one.arm.mask, mask));
    return random === undefined
      ? []
      : [{ mask, k, ...measuresOf(rows, (values) => meanOver(values, top) - meanOver(values, random)) }];
  });
}

/** A cell of the picture of depth and length. */
export interface MaskCell {
  readonly length: number;
  readonly depth: number;
  readonly n: number;
  readonly correct: number;
  /** Means over the cell's runs. */
  readonly firstChoice: number;
  readonly logProbability: number;
}

/** Runs of one arm, by length and depth; runs that don't say theirs are left out. */
export function maskCells(
  { runs }: Pick<MaskRows, 'runs'>,
  arm: number,
  prompt: MaskRunRow['prompt'] = 'answer',
): MaskCell[] {
  const cells = new Map<string, { length: number; depth: number; rows: MaskRunRow[] }>();
  for (const row of runs) {
    const { length, depth } = row;
    if (row.prompt !== prompt || length === null || depth === null) continue;
    const key = `${length} ${depth}`;
    const cell = cells.get(key) ?? { length, depth, rows: [] };
    cell.rows.push(row);
    cells.set(key, cell);
  }
  return [...cells.values()]
    .sort((a, b) => a.length - b.length || a.depth - b.depth)
    .map(({ length, depth, rows }) => ({
      ...{ length, depth, n: rows.length },
      correct: rows.filter(({ correct }) => correct[arm] === true).length,
      firstChoice: mean(rows.map((row) => row.firstChoice[arm] ?? NaN)),
      logProbability: mean(rows.map((row) => row.logProbability[arm] ?? NaN)),
    }));
}

interface NumberedArm {
  readonly arm: MaskArm;
  readonly index: number;
}

type Group = readonly NumberedArm[];

/** Random sets of one mask and k belong together. */
function groupsOf(arms: readonly MaskArm[]): Group[] {
  const groups = new Map<string, NumberedArm[]>();
  for (const [index, arm] of arms.entries()) {
    const key = JSON.stringify([arm.mask, arm.set, arm.k]);
    groups.set(key, [...(groups.get(key) ?? []), { arm, index }]);
  }
  return [...groups.values()];
}

function sameMask(a: MaskArm['mask'], b: MaskArm['mask']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function pointOf(rows: MaskRows, group: Group): MaskPoint {
  const arm = group[0]?.arm ?? { mask: null, set: 'none', k: 0, draw: null, heads: [] };
  const measures = measuresOf(rows, (values) => meanOver(values, group));
  const single = group.map((one) => measuresOf(rows, (values) => meanOver(values, [one])));
  const loss = measures.loss === null ? null : Math.exp(measures.loss.mean);
  return {
    ...{ mask: arm.mask, set: arm.set, k: arm.k, draws: group.length },
    ...measures,
    perplexity: loss,
    spread:
      arm.set !== 'random'
        ? null
        : {
            accuracy: endsOf(single.map(({ accuracy }) => accuracy?.mean)),
            firstChoice: endsOf(single.map(({ firstChoice }) => firstChoice?.mean)),
            logProbability: endsOf(single.map(({ logProbability }) => logProbability?.mean)),
            perplexity: endsOf(single.map((one) => (one.loss === null ? undefined : Math.exp(one.loss.mean)))),
          },
  };
}

type Reading = (values: readonly (number | boolean)[]) => number;

function measuresOf({ runs, texts }: MaskRows, read: Reading) {
  const [direct, stepwise] = [runs.filter(isDirect), runs.filter((row) => !isDirect(row))];
  // A run of no known needle is a cluster of its own.
  const needleOf = (row: MaskRunRow) => row.needle ?? `run ${row.run}`;
  const over = (some: readonly MaskRunRow[], values: (row: MaskRunRow) => readonly (number | boolean)[]) =>
    clusteredMean(some.map((row) => ({ value: read(values(row)), cluster: needleOf(row) })));
  return {
    accuracy: over(direct, ({ correct }) => correct),
    stepsAccuracy: over(stepwise, ({ correct }) => correct),
    firstChoice: over(direct, ({ firstChoice }) => firstChoice),
    logProbability: over(direct, ({ logProbability }) => logProbability),
    loss: clusteredMean(texts.map(({ loss, text }) => ({ value: read(loss), cluster: `text ${text}` }))),
  };
}

function isDirect({ prompt }: MaskRunRow): boolean {
  return prompt === 'answer';
}

function meanOver(values: readonly (number | boolean)[], group: Group): number {
  return mean(group.map(({ index }) => Number(values[index] ?? NaN)));
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function endsOf(values: readonly (number | undefined)[]): Ends | null {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? null : [Math.min(...known), Math.max(...known)];
}

/**
 * Mean of n values of G clusters; its variance is G / (G - 1) sum_g (sum over i in g of (x_i - mean))^2 / n^2, which is that of
 * independent values where each is a cluster (Cameron and Miller 2015, A Practitioner's Guide to Cluster-Robust Inference).
 */
export function clusteredMean(
  values: readonly { readonly value: number; readonly cluster: string }[],
): ClusteredMean | null {
  if (values.length === 0) return null;
  const [n, centre] = [values.length, mean(values.map(({ value }) => value))];
  const sums = new Map<string, number>();
  for (const { value, cluster } of values) sums.set(cluster, (sums.get(cluster) ?? 0) + value - centre);
  const clusters = sums.size;
  if (clusters === 1) return { mean: centre, interval: null, n, clusters };
  const squares = [...sums.values()].reduce((total, sum) => total + sum ** 2, 0);
  const error = Math.sqrt((clusters / (clusters - 1)) * squares) / n;
  const half = studentT(clusters - 1) * error;
  return { mean: centre, interval: [centre - half, centre + half], n, clusters };
}

/** 97.5 % quantile of Student's t with 1, 2 ... 30 degrees of freedom. */
const quantiles = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/** Beyond the table z + (z^3 + z) / 4v (Peiser 1943), right to three places there. */
function studentT(freedom: number): number {
  const z = 1.959964;
  return quantiles[freedom - 1] ?? z + (z ** 3 + z) / (4 * freedom);
}
