/** `headscope dla`: the logit difference, split among everything that was added to the stream. */
import type { DirectHead, DirectLayer, DirectLogitsHeader, DirectTotal } from '../../results/directLogits.ts';
import type { CallOptions, RequestOf } from '../../results/index.ts';
import type { Summary } from '../../results/records.ts';
import type { Column } from '../table.ts';
import { formatTable, interval, signed } from '../table.ts';
import { asRun, projectOption } from './asRun.ts';
import type { Command, Context } from './command.ts';
import { planOf, promptOptions, readPrompts, readSeed } from './promptChoice.ts';
import { asJson, followed, jsonOption, modelRequest, openModel, weightsOption } from './shared.ts';

type Request = RequestOf<'directLogits'>;

export const dla: Command = {
  name: 'dla',
  summary: 'direct logit attribution: what each head writes towards the answer by itself',
  usage: [
    'dla MODEL (--task NAME [--n 64] [--seed 0] [--option K=V ...] | --prompts F.jsonl) [--top 10] [--project DIR] [--json]',
  ],
  about: [
    'The logit difference at the answer position is a sum over what heads, MLPs, biases and the embedding added to the stream there, with the final norm held at its own divisor. The parts sum to the difference exactly; what rounding leaves is shown.',
    'Direct effects only: what later layers make of a write, and what the write changes in the norm, is in ablation, not here. Every prompt needs a wrong answer.',
    'A prompt file is one JSON object a line: text or ids, answer or answerId, wrong or wrongId.',
  ],
  examples: ['headscope dla model.gguf --task ioi --n 32', 'headscope dla model.gguf --prompts pairs.jsonl --json'],
  options: {
    ...promptOptions,
    top: { type: 'string', value: 'N', about: 'how many heads to show at each end (default 10)' },
    ...weightsOption,
    ...projectOption,
    ...jsonOption,
  },
  async run(input, context) {
    const top = input.integer('top', { otherwise: 10, from: 1, to: 100_000 });
    const request: Request = { ...modelRequest(input), prompts: await readPrompts(input), seed: readSeed(input) };
    await openModel(context, { ...modelRequest(input), ...planOf(request.prompts) });
    const found = await collect(request, context);
    await context.stdout.write(input.flag('json') ? asJson(found) : describe(found, top));
    for (const warning of found.warnings) await context.stderr.write(`warning: ${warning}\n`);
    return 0;
  },
};

interface Attributed extends DirectLogitsHeader {
  readonly seconds: number;
  readonly warnings: readonly string[];
  readonly heads: readonly Omit<DirectHead, 'kind'>[];
  readonly rest: readonly Omit<DirectLayer, 'kind'>[];
  readonly total: Omit<DirectTotal, 'kind'>;
}

async function collect(request: Request, context: Context): Promise<Attributed> {
  const [heads, rest]: [Attributed['heads'][number][], Attributed['rest'][number][]] = [[], []];
  const ends: { header: DirectLogitsHeader | null; total: Attributed['total'] | null } = { header: null, total: null };
  const start = (options: CallOptions) => asRun(context, { call: 'directLogits', request }, options);
  const ended = await followed(context, 'reading prompts', start, (event) => {
    if (event.kind === 'head') heads.push({ layer: event.layer, head: event.head, values: event.values });
    else if (event.kind === 'layer') {
      rest.push({ layer: event.layer, mlp: event.mlp, attentionBias: event.attentionBias });
    } else if (event.kind === 'total') ends.total = totalOf(event);
    else {
      // A run that was begun again gives everything again.
      [heads.length, rest.length, ends.header] = [0, 0, event.header];
    }
  });
  if (ends.header === null || ends.total === null) throw new RangeError('dla: ended without header or total');
  return { ...ends.header, ...ended, heads, rest, total: ends.total };
}

function totalOf({ embed, constant, sum, metric, residue }: DirectTotal): Attributed['total'] {
  return { embed, constant, sum, metric, residue };
}

function describe(found: Attributed, top: number): string {
  const { heads, rest, total, calibration, seconds, beforeSoftCap } = found;
  const { dataset, sequences } = calibration;
  const cap = beforeSoftCap ? ', before the soft cap' : '';
  const order = [...heads].sort((a, b) => b.values.directLogits.mean - a.values.directLogits.mean);
  const half = order.length <= 2 * top;
  return [
    `direct logit attribution on ${sequences} prompts of ${dataset}, ${seconds.toFixed(1)} s\n`,
    `logit difference${cap}: ${signed(total.metric.mean)}; all parts sum to it within ${total.residue.toExponential(1)}\n`,
    `\nTowards the answer:\n${table(headRows(half ? order : order.slice(0, top)))}`,
    ...(half ? [] : [`\nAgainst it:\n${table(headRows(order.slice(-top).reverse()))}`]),
    `\nAll the rest:\n${table(restRows(heads, rest, total))}`,
  ].join('');
}

const columns: readonly Column[] = [
  { title: 'part' },
  { title: 'logits', align: 'right' },
  { title: '95 % interval' },
  { title: 'std. error', align: 'right' },
  { title: 'n', align: 'right' },
];

function table(rows: readonly (readonly string[])[]): string {
  return formatTable(columns, rows);
}

function headRows(heads: Attributed['heads']): string[][] {
  return heads.map(({ layer, head, values }) => rowOf(`L${layer}H${head}`, values.directLogits));
}

/** Heads and biases together, for their intervals are not those of a sum. */
function restRows(
  heads: Attributed['heads'],
  rest: Attributed['rest'],
  { embed, constant }: Attributed['total'],
): string[][] {
  const sum = (values: readonly number[]) => signed(values.reduce((total, value) => total + value, 0));
  const biases = rest.flatMap(({ attentionBias }) => (attentionBias === null ? [] : [attentionBias.mean]));
  return [
    ['all heads', sum(heads.map(({ values }) => values.directLogits.mean))],
    ...(biases.length === 0 ? [] : [['attention biases', sum(biases)]]),
    ...rest.flatMap(({ layer, mlp }) => (mlp === null ? [] : [rowOf(`L${layer}MLP`, mlp)])),
    rowOf('embed', embed),
    rowOf('biases at the end', constant),
  ];
}

function rowOf(name: string, { mean, interval: ends, standardError, n }: Summary): string[] {
  const known = n > 1;
  return [name, signed(mean), known ? interval(ends) : 'unknown', known ? standardError.toFixed(3) : '', `${n}`];
}
