/** What `headscope duo` prints: steps, gates, and what streaming heads cost. */
import type { DuoHeader, DuoQualityHeader, DuoStep, PerKvHead, StreamedHeads } from '../../results/duo.ts';
import type { Column } from '../table.ts';
import { formatTable, interval, percent } from '../table.ts';

export interface Measured {
  readonly header: DuoQualityHeader;
  readonly rows: readonly Omit<StreamedHeads, 'kind'>[];
  readonly seconds: number;
}

export function startLine({ shape, settings }: DuoHeader, resumedAt: number): string {
  const { steps, sink, recent, lengths } = settings;
  const from = resumedAt === 0 ? '' : `, going on after step ${resumedAt}`;
  const texts = `texts of ${lengths.from} to ${lengths.to} tokens`;
  return `${shape.layers * shape.kvHeads} gates, ${steps} steps, sink ${sink}, recent ${recent}, ${texts}${from}`;
}

export function stepLine({ step, tokens, distillation, loss, meanGate, seconds }: DuoStep): string {
  const losses = `loss ${loss.toFixed(4)}  distillation ${distillation.toFixed(4)}  mean gate ${meanGate.toFixed(3)}`;
  return `step ${step}  ${losses}  ${tokens} tokens, ${seconds.toFixed(1)} s`;
}

export function describeGates(gates: PerKvHead): string {
  const all = gates.flat();
  const share = all.filter((gate) => gate > 0.5).length / all.length;
  const columns: Column[] = [
    { title: 'layer' },
    ...(gates[0] ?? []).map((_, kvHead) => ({ title: `KV ${kvHead}`, align: 'right' }) as const),
  ];
  const rows = gates.map((row, layer) => [`L${layer}`, ...row.map((gate) => gate.toFixed(3))]);
  return `Gates (1 full attention, 0 streaming); ${percent(share)} above 0.5:\n${formatTable(columns, rows)}`;
}

const qualityColumns: readonly Column[] = [
  { title: 'streaming', align: 'right' },
  { title: 'chosen by' },
  { title: 'answer, nats/token', align: 'right' },
  { title: '95 % interval' },
  { title: 'first choice', align: 'right' },
  { title: 'loss on text, nats/token', align: 'right' },
  { title: '95 % interval' },
];

export function describeQuality({ header, rows }: Measured): string {
  const { passkeyTexts, plainTexts } = header;
  const texts = `${passkeyTexts.n} passkey texts (${passkeyTexts.answers} answer tokens), ${plainTexts.n} plain texts (${plainTexts.source})`;
  const table = formatTable(
    qualityColumns,
    rows.map(({ ranking, draw, streaming, answer, correct, loss }) => [
      `${streaming.length} of ${header.shape.layers * header.shape.kvHeads}`,
      ranking === null ? 'nobody' : draw === null ? ranking : `${ranking} ${draw + 1}`,
      answer.mean.toFixed(3),
      answer.n < 2 ? 'unknown' : interval(answer.interval),
      percent(correct.mean),
      loss.mean.toFixed(3),
      loss.n < 2 ? 'unknown' : interval(loss.interval),
    ]),
  );
  return `\nWith the others streaming (sink ${header.sink}, recent ${header.recent}); ${texts}:\n${table}`;
}
