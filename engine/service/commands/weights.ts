/** `headscope weights`: what the weights of every head say, without a prompt. */
import type { CallOptions, RequestOf } from '../../results/index.ts';
import type { WeighedHead, WeightsHeader } from '../../results/weightScores.ts';
import { weightScoreIds, weightScoreList } from '../../scores/weights/list.ts';
import type { Input } from '../input.ts';
import type { Column } from '../table.ts';
import { formatTable } from '../table.ts';
import { asRun, projectOption } from './asRun.ts';
import type { Command, Context } from './command.ts';
import { readSeed } from './promptChoice.ts';
import { asJson, followed, jsonOption, modelRequest, openModel, weightsOption } from './shared.ts';

type Request = RequestOf<'weightScores'>;

export const weights: Command = {
  name: 'weights',
  summary: 'what the weights of every head say without a prompt: copying by OV, previous token by positions',
  usage: ['weights MODEL [--scores A,B] [--tokens 256] [--seed 0] [--top 5] [--json]'],
  about: [
    `The scores: ${weightScoreList.map(({ id, unit, about }) => `${id} (${unit}), ${about}`).join('; ')}. engine/scores/weights/SPEC.md has the exact rules.`,
    'They are what weights alone would do on the direct path from token to head to logit, not what the head does on text and not importance. What was done with norms, biases and KV groups is said with the result.',
    'A score that is read token by token is a share of random ordinary tokens, with its standard error and interval; the others are exact.',
  ],
  examples: ['headscope weights model.gguf', 'headscope weights model.gguf --scores ovCopying --top 20'],
  options: {
    scores: { type: 'string', value: 'A,B', about: 'which scores (default: all that the model has)' },
    tokens: { type: 'string', value: 'N', about: 'random tokens for what is read token by token (default 256)' },
    seed: { type: 'string', value: 'N', about: 'of the tokens (default 0)' },
    top: { type: 'string', value: 'N', about: 'how many heads to show for each score (default 5)' },
    ...weightsOption,
    ...projectOption,
    ...jsonOption,
  },
  async run(input, context) {
    const top = input.integer('top', { otherwise: 5, from: 1, to: 100_000 });
    const request = readRequest(input);
    await openModel(context, modelRequest(input));
    const weighed = await collect(request, context);
    await context.stdout.write(input.flag('json') ? asJson(weighed) : describe(weighed, top));
    return 0;
  },
};

function readRequest(input: Input): Request {
  const ids = input
    .text('scores')
    ?.split(',')
    .map((id) => scoreId(input, id.trim()));
  return {
    ...modelRequest(input),
    tokens: input.integer('tokens', { otherwise: 256, from: 1, to: 4096 }),
    seed: readSeed(input),
    ...(ids === undefined ? {} : { scores: ids }),
  };
}

function scoreId(input: Input, name: string): (typeof weightScoreIds)[number] {
  const found = weightScoreIds.find((id) => id === name);
  return found ?? input.fail('unknown weight score', { expected: weightScoreIds.join(', '), got: name });
}

interface Weighed extends WeightsHeader {
  readonly seconds: number;
  readonly heads: readonly Omit<WeighedHead, 'kind'>[];
}

async function collect(request: Request, context: Context): Promise<Weighed> {
  const heads = new Map<string, Omit<WeighedHead, 'kind'>>();
  let header: WeightsHeader | null = null;
  const start = (options: CallOptions) => asRun(context, { call: 'weightScores', request }, options);
  const { seconds } = await followed(context, 'reading weights', start, (event) => {
    if (event.kind === 'start') header = event.header;
    else heads.set(nameOf(event), { layer: event.layer, head: event.head, values: event.values });
  });
  return weighed(header, { seconds, heads: [...heads.values()] });
}

function weighed(header: WeightsHeader | null, rest: Pick<Weighed, 'seconds' | 'heads'>): Weighed {
  if (header === null) throw new RangeError('weights: ended without header');
  return { ...header, ...rest };
}

function describe(found: Weighed, top: number): string {
  const { heads, scores, tokens, left, conventions, seconds } = found;
  const on = tokens === null ? '' : `; ${tokens.n} of ${tokens.of} ordinary tokens`;
  const lacking = left.map(({ id, reason }) => `not read: ${id} (${reason})\n`);
  return [
    `weights of ${heads.length} heads${on}, ${seconds.toFixed(1)} s. Behaviour of weights alone, not importance.\n`,
    ...lacking,
    ...conventions.map((one) => `- ${one}\n`),
    ...scores.map((score) => `\n${describeScore(heads, score, top)}`),
  ].join('');
}

function describeScore(
  heads: Weighed['heads'],
  { id, about, unit }: WeightsHeader['scores'][number],
  top: number,
): string {
  const order = [...heads].sort(
    (a, b) => (b.values[id]?.mean ?? NaN) - (a.values[id]?.mean ?? NaN) || a.layer - b.layer || a.head - b.head,
  );
  return `${id}: ${about}\nunit: ${unit}\n${formatTable(
    columns,
    order.slice(0, top).map((head) => rowOf(head, id)),
  )}`;
}

const columns: readonly Column[] = [
  { title: 'head' },
  { title: 'score', align: 'right' },
  { title: '95 % interval' },
  { title: 'std. error', align: 'right' },
  { title: 'n', align: 'right' },
];

function rowOf(head: Weighed['heads'][number], id: string): string[] {
  const value = head.values[id];
  if (value === undefined) throw new RangeError(`weights: a head without ${id}`);
  const [low, high] = value.interval;
  const isExact = value.n < 2;
  return [
    nameOf(head),
    value.mean.toFixed(3),
    isExact ? 'exact' : `[${low.toFixed(3)}, ${high.toFixed(3)}]`,
    isExact ? '' : value.standardError.toFixed(3),
    isExact ? '' : `${value.n}`,
  ];
}

function nameOf({ layer, head }: { readonly layer: number; readonly head: number }): string {
  return `L${layer}H${head}`;
}
