/** `headscope importance`: what each unit is worth on text, by several criteria. */
import { writeHeads } from '../../exports/heads.ts';
import { importanceHeads } from '../../exports/importanceHeads.ts';
import { writeAtomically } from '../../files/writeAtomically.ts';
import { criteria as allCriteria } from '../../prune/criteria/index.ts';
import type { CallOptions, RequestOf, ResultOf } from '../../results/index.ts';
import type { ImportanceEstimate, ImportanceHeader, ImportanceOfUnit } from '../../results/importance.ts';
import type { Input } from '../input.ts';
import { checkOutput } from '../output.ts';
import type { Column } from '../table.ts';
import { formatTable, interval, signed } from '../table.ts';
import { unitName } from '../unitName.ts';
import { version } from '../version.ts';
import { asRun, projectOption } from './asRun.ts';
import type { Command, Context } from './command.ts';
import { asJson, followed, jsonOption, modelRequest, openModel, weightsOption } from './shared.ts';
import { readSource } from './textChoice.ts';

type Request = RequestOf<'importance'>;

/** The one that takes a night. */
const longest = 'shapley';

export const importance: Command = {
  name: 'importance',
  summary: 'rank heads, KV groups, layers or MLPs by what they are worth on text, by several criteria',
  usage: [
    'importance MODEL [--unit kv-group|head|layer|mlp] [--criteria zero,michel,...] [--text F ...] [--windows 8] [--length 512]',
    '     [--heads] [--abs token|example|batch] [--orders 20] [--tolerance 0.01] [--order-windows 1] [--estimate] [--out heads.json]',
  ],
  about: [
    `Criteria: ${allCriteria.map(({ id, title }) => `${id} (${title})`).join(', ')}. Where none is named, all that are defined for the unit but ${longest}. In each of them more is more important; engine/prune/SPEC.md says what each is.`,
    'Text: .txt files, .jsonl and .parquet with a text in each row, or stories of the program; documents are joined and cut into windows. Intervals are drawn over documents, or over windows of one document.',
    'A KV group is taken out with all its query heads at once. --heads takes each head out by itself too, for their maximum, mean and sum beside it.',
    'shapley plays orders of removal on the first windows, each with its reverse. It says how long that will take before it begins, and goes on where it was stopped in a project (headscope resume).',
    'heads.json holds every criterion; headscope plan --costs heads.json#importance.ID takes it.',
  ],
  examples: [
    'headscope importance model.gguf --text corpus.jsonl --out heads.json',
    'headscope importance model.gguf --unit head --criteria zero,michel,flap,random',
    'headscope importance model.gguf --criteria shapley --orders 60 --estimate',
  ],
  options: {
    unit: { type: 'string', value: 'kv-group|head|layer|mlp', about: 'what is ranked (default kv-group)' },
    criteria: { type: 'string', value: 'A,B', about: 'by what' },
    text: { type: 'string', multiple: true, value: 'F', about: '.txt, .jsonl or .parquet; repeatable' },
    windows: { type: 'string', value: 'N', about: 'windows of text (default 8)' },
    length: { type: 'string', value: 'N', about: 'tokens of a window (default 512, or the context)' },
    heads: { type: 'boolean', about: 'of KV groups, ablate each head too' },
    abs: { type: 'string', value: 'token|example|batch', about: 'where michel takes the magnitude (default token)' },
    orders: { type: 'string', value: 'N', about: 'orders of removal of shapley (default 20)' },
    tolerance: {
      type: 'string',
      value: 'X',
      about: 'share of the whole rise at which an order is cut short (default 0.01)',
    },
    'order-windows': { type: 'string', value: 'N', about: 'windows that shapley plays on (default 1)' },
    estimate: { type: 'boolean', about: 'say how long it will take, and end' },
    seed: { type: 'string', value: 'N', about: 'of stories, orders, control and bootstrap (default 0)' },
    top: { type: 'string', value: 'N', about: 'how many units to show (default 10)' },
    out: { type: 'string', value: 'heads.json', about: 'write every unit; never over a file that exists' },
    ...weightsOption,
    ...projectOption,
    ...jsonOption,
  },
  async run(input, context) {
    const top = input.integer('top', { otherwise: 10, from: 1, to: 100_000 });
    const out = input.path('out');
    if (out !== undefined) await checkOutput(out);
    const info = await context.client.info({ model: input.model() });
    const request = await readRequest(input, info.shape.context);
    await openModel(context, modelRequest(input));
    const ranked = await collected(request, context);
    if (out !== undefined && request.estimateOnly !== true) {
      const record = { ...ranked, created: new Date().toISOString(), version };
      await writeAtomically(out, [Buffer.from(writeHeads(importanceHeads(record)))]);
      await context.stderr.write(`written: ${out}\n`);
    }
    await context.stdout.write(input.flag('json') ? asJson(ranked) : describe(ranked, top));
    return 0;
  },
};

async function readRequest(input: Input, context: number): Promise<Request> {
  const unit = input.choice('unit', ['kv-group', 'head', 'layer', 'mlp']) ?? 'kv-group';
  const n = input.integer('windows', { otherwise: 8, from: 1, to: 10_000 });
  const length = input.integer('length', { otherwise: Math.min(512, context), from: 2, to: context });
  const named = input
    .text('criteria')
    ?.split(',')
    .map((id) => id.trim());
  const abs = input.choice('abs', ['token', 'example', 'batch']);
  return {
    ...{ ...modelRequest(input), unit, criteria: named ?? usual(unit) },
    texts: { source: await readSource(input, n * length), n, length },
    shapley: {
      orders: input.integer('orders', { otherwise: 20, from: 1, to: 100_000 }),
      tolerance: input.number('tolerance', { otherwise: 0.01, from: 0, to: 1 }),
      windows: input.integer('order-windows', { otherwise: 1, from: 1, to: n }),
    },
    ...(input.flag('heads') ? { heads: true } : {}),
    ...(abs === undefined ? {} : { absGranularity: abs }),
    ...(input.flag('estimate') ? { estimateOnly: true } : {}),
    seed: input.integer('seed', { otherwise: 0, from: Number.MIN_SAFE_INTEGER }),
  };
}

function usual(unit: Request['unit']): string[] {
  return allCriteria.filter(({ id, units }) => id !== longest && units.includes(unit)).map(({ id }) => id);
}

interface Ranked extends ResultOf<'importance'> {
  readonly header: ImportanceHeader;
  readonly units: readonly ImportanceOfUnit[];
}

async function collected(request: Request, context: Context): Promise<Ranked> {
  const units: ImportanceOfUnit[] = [];
  let header: ImportanceHeader | null = null;
  const start = (options: CallOptions) => asRun(context, { call: 'importance', request }, options);
  const result = await followed(context, 'measuring', start, async (event) => {
    if (event.kind === 'unit') units.push(event);
    if (event.kind === 'estimate') await context.stderr.write(`${estimateLine(event)}\n`);
    if (event.kind !== 'start') return;
    header = event.header;
    for (const estimate of event.header.estimates) await context.stderr.write(`${estimateLine(estimate)}\n`);
  });
  return rankedOf(header, units, result);
}

function rankedOf(header: ImportanceHeader | null, units: Ranked['units'], result: ResultOf<'importance'>): Ranked {
  if (header === null) throw new RangeError('importance: ended without header');
  return { header, units, ...result };
}

function estimateLine({ step, seconds, about }: ImportanceEstimate): string {
  return `${step}: ${seconds.toFixed(1)} s (${about})`;
}

function describe(ranked: Ranked, top: number): string {
  const { header, units, pairs, seconds } = ranked;
  const { calibration, text, samples, loss } = header;
  const about = `${calibration.dataset}: ${calibration.sequences} windows of ${calibration.length ?? 'several'} tokens, ${text.documents} documents; loss ${loss.mean.toFixed(4)} ${interval(loss.interval)} nats a token over ${samples.list.length} ${samples.unit}s; ${seconds.toFixed(1)} s`;
  const notes = header.notes.map((note) => `note: ${note}`);
  if (units.length === 0) return `${[about, ...notes].join('\n')}\n`;
  return `${[about, ...notes, '', unitTable(ranked, top), '', pairTable(pairs)].join('\n')}\n`;
}

/** The most important by the first criterion, with every criterion's rank. */
function unitTable({ header, units }: Ranked, top: number): string {
  const ids = header.criteria.map(({ id }) => id);
  const first = ids[0] ?? '';
  const columns: Column[] = [
    { title: 'unit' },
    { title: first, align: 'right' },
    { title: '95 % interval' },
    ...ids.map((id) => ({ title: `rank ${id}`, align: 'right' as const })),
  ];
  const ordered = [...units].sort((a, b) => (a.values[first]?.rank ?? NaN) - (b.values[first]?.rank ?? NaN));
  const rows = ordered.slice(0, top).map(({ unit, layer, index, values }) => {
    const own = values[first];
    const bounds = own?.interval;
    return [
      nameOf(unit, layer, index),
      own === undefined ? '' : signed(own.value),
      bounds === null || bounds === undefined ? '' : interval(bounds),
      ...ids.map((id) => `${values[id]?.rank ?? ''}`),
    ];
  });
  return formatTable(columns, rows);
}

function nameOf(unit: Request['unit'], layer: number, index: number): string {
  const place = unit === 'head' ? { head: index } : unit === 'kv-group' ? { kvGroup: index } : {};
  return unitName({ layer, ...place });
}

const pairColumns: readonly Column[] = [
  { title: 'criteria' },
  { title: 'Spearman', align: 'right' },
  { title: 'Kendall', align: 'right' },
  { title: 'both in the most important', align: 'right' },
  { title: 'and the least', align: 'right' },
  { title: 'furthest apart' },
];

/** Overlap at the quarter. */
function pairTable(pairs: Ranked['pairs']): string {
  const rows = pairs.map(({ a, b, spearman, kendall, overlap, furthest }) => {
    const at = overlap.at(-2) ?? overlap.at(-1);
    const [worst] = furthest;
    return [
      `${a}, ${b}`,
      spearman?.toFixed(2) ?? '',
      kendall?.toFixed(2) ?? '',
      at === undefined ? '' : `${Math.round(at.most * at.k)} of ${at.k}`,
      at === undefined ? '' : `${Math.round(at.least * at.k)} of ${at.k}`,
      worst === undefined ? '' : `L${worst.layer}.${worst.index}: ${worst.rankA} and ${worst.rankB}`,
    ];
  });
  return formatTable(pairColumns, rows);
}
