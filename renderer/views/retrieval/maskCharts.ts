/** Mask curves as lines over k: the top heads, random ones of the same layers, the bottom. */
import type { ClusteredMean, MaskPoint, MaskRows } from '../../../engine/results/maskPoints.ts';
import { maskPoints } from '../../../engine/results/maskPoints.ts';
import type { LineSeries } from '../../marks/lineChart.tsx';

export type MaskNumber = 'accuracy' | 'stepsAccuracy' | 'firstChoice' | 'logProbability' | 'perplexity';

export interface MaskChart {
  readonly number: MaskNumber;
  readonly title: string;
  readonly unit: string;
  readonly series: readonly LineSeries[];
}

const titles: Readonly<Record<MaskNumber, readonly [title: string, unit: string]>> = {
  accuracy: ['Needle found', 'share of runs'],
  stepsAccuracy: ['Needle found, step by step', 'share of runs'],
  firstChoice: ['First choices in the answer', 'share of its tokens'],
  logProbability: ['Log probability of the answer', 'nats a token'],
  perplexity: ['Perplexity of plain text', ''],
};

/** Those that there are numbers of. A chart begins with the model as it is, at k = 0. */
export function maskCharts(rows: MaskRows): readonly MaskChart[] {
  const points = maskPoints(rows);
  const numbers = Object.keys(titles) as readonly MaskNumber[];
  return numbers.flatMap((number) => {
    if (points.every((point) => numberOf(point, number) === null)) return [];
    const [title, unit] = titles[number];
    return [{ number, title, unit, series: seriesOf(points, number) }];
  });
}

const sets = [
  { set: 'top', name: 'top k' },
  { set: 'random', name: 'random k' },
  { set: 'bottom', name: 'bottom k' },
] as const;

function seriesOf(points: readonly MaskPoint[], number: MaskNumber): readonly LineSeries[] {
  const clean = points.filter(({ set }) => set === 'none');
  return sets.flatMap(({ set, name }) => {
    const own = points.filter((point) => point.set === set).toSorted((a, b) => a.k - b.k);
    if (own.length === 0) return [];
    const line = [...clean, ...own];
    const means = line.map((point) => numberOf(point, number));
    const bounds = (end: 0 | 1) => means.map((mean) => mean?.interval?.[end] ?? NaN);
    const values = { x: line.map(({ k }) => k), y: means.map((mean) => mean?.mean ?? NaN) };
    return [{ name, ...values, low: bounds(0), high: bounds(1), control: set !== 'top' && set !== 'bottom' }];
  });
}

/** Perplexity is exp of the loss, and so are the ends of its interval. */
export function numberOf(point: MaskPoint, number: MaskNumber): ClusteredMean | null {
  if (number !== 'perplexity') return point[number];
  const { loss } = point;
  if (loss === null) return null;
  const { interval } = loss;
  return {
    ...loss,
    mean: Math.exp(loss.mean),
    interval: interval === null ? null : [Math.exp(interval[0]), Math.exp(interval[1])],
  };
}

/** `Top 5 heads`, `5 random heads, 10 sets` */
export function pointName({ set, k, draws }: MaskPoint): string {
  if (set === 'none') return 'the model as it is';
  const heads = k === 1 ? 'head' : 'heads';
  if (set === 'random') return `${k} random ${heads}, ${draws} ${draws === 1 ? 'set' : 'sets'}`;
  return `${set} ${k} ${heads}`;
}
