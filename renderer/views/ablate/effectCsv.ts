/** The effect of a set as CSV: next tokens, metric, random sets; what was done stands in every line. */
import type { NextToken } from '../../../engine/results/prediction.ts';
import type { Summary } from '../../../engine/results/records.ts';
import { promptsName } from '../../api/jobs.ts';
import type { CsvCell } from '../../parts/csv.ts';
import { csvOf } from '../../parts/csv.ts';
import { kindWords } from './effectWords.ts';
import type { EffectView } from './effectView.ts';
import type { EffectRequest } from './liveEffect.ts';
import { nameWords } from './painted.ts';

const titles = [
  ...['what', 'name', 'clean', 'clean_low_95', 'clean_high_95', 'edited', 'edited_low_95', 'edited_high_95'],
  ...['change', 'change_low_95', 'change_high_95', 'n', 'set', 'ablation', 'prompts'],
];
const nothing: readonly CsvCell[] = [null, null, null];

export function effectCsv({ next, metric, random }: EffectView, of: EffectRequest): string {
  const about: readonly CsvCell[] = [nameWords(of.set, Infinity), kindWords(of), promptsName(of.prompts)];
  const lines = [
    ...(next === null ? [] : tokenLines(next.before, next.after, of.shown)),
    ...(metric === null ? [] : metricLines(metric)),
    ...random.map(({ set, after, change }): readonly CsvCell[] => [
      ...['random set', nameWords(set, Infinity), ...nothing],
      ...[rounded(after), null, null, rounded(change), null, null, metric?.change.n ?? null],
    ]),
  ];
  return csvOf(
    titles,
    lines.map((line) => [...line, ...about]),
  );
}

/** Probabilities; empty where a side does not list the token. */
function tokenLines(before: readonly NextToken[], after: readonly NextToken[], shown: number): CsvCell[][] {
  const tokens = new Map([...before, ...after].map((token) => [token.id, token]));
  const of = (side: readonly NextToken[], id: number) => side.find((token) => token.id === id)?.probability ?? NaN;
  return [...tokens.values()].map(({ id, text }) => {
    const [clean, edited] = [of(before, id), of(after, id)];
    return [
      ...[`probability after prompt ${shown + 1}`, text ?? `#${id}`, rounded(clean), null, null],
      ...[rounded(edited), null, null, rounded(edited - clean), null, null, 1],
    ];
  });
}

function metricLines(metric: NonNullable<EffectView['metric']>): CsvCell[][] {
  const { metricId, before, after, change, accuracyBefore, accuracyAfter, kl } = metric;
  return [
    ['metric', metricId, ...estimate(before), ...estimate(after), ...estimate(change), change.n],
    ['metric', 'accuracy', ...estimate(accuracyBefore), ...estimate(accuracyAfter), ...nothing, accuracyAfter.n],
    ['metric', 'KL(clean || edited), nats', ...nothing, ...nothing, ...estimate(kl), kl.n],
  ];
}

function estimate({ mean, interval: [low, high] }: Summary): CsvCell[] {
  return [mean, low, high].map(rounded);
}

/** 9 digits bring a float32 back exactly. */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
