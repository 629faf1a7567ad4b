/** `headscope scores`: what every head does: where it looks, how much it writes. */
import type { CallOptions, EventOf, RequestOf } from '../../results/index.ts';
import type { Copying, ScoredHead, ScoresHeader } from '../../results/scores.ts';
import { scoreById, scores as known } from '../../scores/index.ts';
import type { PatternTag } from '../../scores/patternTags.ts';
import { patternTags, tagRules } from '../../scores/patternTags.ts';
import type { Input } from '../input.ts';
import type { Column } from '../table.ts';
import { formatTable, percent } from '../table.ts';
import { readTextFile } from '../textFile.ts';
import { asRun, projectOption } from './asRun.ts';
import type { Command, Context } from './command.ts';
import {
  asJson,
  followed,
  jsonOption,
  modelRequest,
  openModel,
  taskOption,
  taskOptions,
  weightsOption,
} from './shared.ts';

type Request = RequestOf<'scores'>;

export const scores: Command = {
  name: 'scores',
  summary: 'what every head does: previous token, induction, copying, attention entropy, write norm ...',
  usage: [
    'scores MODEL [--scores A,B] [--n 16] [--seed 0] [--length 50] [--bos model|with|without|both] [--top 5] [--tags] [--json]',
    'scores MODEL (--task NAME [--option K=V ...] | --prompts F.jsonl) [--scores A,B] [--n 16] [--seed 0] [--top 5] [--tags] [--json]',
  ],
  about: [
    `The scores: ${known.map(({ id, unit, about }) => `${id} (${unit}), ${about}`).join('; ')}. engine/scores/SPEC.md has the exact rules.`,
    'They are behaviour, not importance: headscope ablate measures whether a head matters. Beside each score of attention stands what a head that attends to all tokens alike would have.',
    'Without --task or --prompts they are read on n sequences of random tokens that come twice. On a task, or on prompts with answers, what is to be copied is the answer; a prompt file is one JSON object a line with text or ids, and may have answer or answerId.',
    'Each value is a mean over prompts with standard error, 95 % bootstrap interval and n. Without --scores, those that the prompts have no tokens for are left out.',
    `--bos both reads them with and without BOS, as two runs, and shows both values beside each other. --tags names what each head's attention looks like, with the score that says so: ${tagRules.map(({ tag, score, above }) => `${tag} (${score} > ${above})`).join(', ')}.`,
  ],
  examples: [
    'headscope scores model.gguf',
    'headscope scores model.gguf --scores induction,previousToken --n 32 --bos both',
    'headscope scores model.gguf --tags --top 1',
    'headscope scores model.gguf --scores copy,copyMass --task keyValue',
  ],
  options: {
    scores: { type: 'string', value: 'A,B', about: 'which scores (default: all that the prompts allow)' },
    task: { type: 'string', value: 'NAME', about: 'read them on prompts of a task (headscope task lists them)' },
    prompts: { type: 'string', value: 'F.jsonl', about: 'read them on prompts of your own' },
    n: { type: 'string', value: 'N', about: 'how many prompts to make (default 16)' },
    seed: { type: 'string', value: 'N', about: 'of the prompts and the bootstrap (default 0)' },
    length: {
      type: 'string',
      value: 'N',
      about: 'random tokens in the sequence that comes twice (default 50, or as many as the model holds)',
    },
    bos: {
      type: 'string',
      value: 'model|with|without|both',
      about:
        "the beginning-of-sequence token before random tokens: as the model's own encoding does (default), always, never, or one run each of the last two",
    },
    tags: { type: 'boolean', about: 'name what the attention of each head looks like, with the score that says so' },
    ...taskOption,
    top: { type: 'string', value: 'N', about: 'how many heads to show for each score (default 5)' },
    ...weightsOption,
    ...projectOption,
    ...jsonOption,
  },
  async run(input, context) {
    const top = input.integer('top', { otherwise: 5, from: 1, to: 100_000 });
    const requests = await readRequests(input);
    for (const request of requests) await openModel(context, { ...modelRequest(input), ...planOf(request) });
    const read: Scored[] = [];
    for (const request of requests) read.push(await collect(request, context));
    const [first, second] = read;
    if (first === undefined) throw new RangeError('scores: no request');
    const shown = second === undefined ? first : { withBos: first, withoutBos: second };
    const tags = input.flag('tags') ? read.map(describeTags) : [];
    await context.stdout.write(input.flag('json') ? asJson(shown) : [describe(read, top), ...tags].join(''));
    return 0;
  },
};

/** One, or with and without BOS. */
async function readRequests(input: Input): Promise<readonly Request[]> {
  const request = await readRequest(input);
  const { prompts } = request;
  if (prompts.kind !== 'repeated' || input.text('bos') !== 'both') return [request];
  return (['with', 'without'] as const).map((bos) => ({ ...request, prompts: { ...prompts, bos } }));
}

async function readRequest(input: Input): Promise<Request> {
  const ids = input
    .text('scores')
    ?.split(',')
    .map((id) => scoreById(id.trim()).id);
  return {
    ...modelRequest(input),
    prompts: await readPrompts(input),
    seed: readSeed(input),
    ...(ids === undefined ? {} : { scores: ids }),
  };
}

async function readPrompts(input: Input): Promise<Request['prompts']> {
  const [task, file] = [input.text('task'), input.path('prompts')];
  if (task !== undefined && file !== undefined) input.oneOf(['task', 'prompts']);
  const kind = task !== undefined ? 'a task' : file !== undefined ? 'a prompt file' : 'random tokens';
  refuse(input, kind, ['length', 'bos'], kind === 'random tokens');
  refuse(input, kind, ['n'], kind !== 'a prompt file');
  refuse(input, kind, ['option'], kind === 'a task');
  const drawn = { n: input.integer('n', { otherwise: 16, from: 1, to: 100_000 }), seed: readSeed(input) };
  if (file !== undefined) return { kind: 'file', file: await readTextFile(file) };
  if (task !== undefined) return { kind: 'task', task, ...drawn, ...taskOptions(input) };
  const chosen = input.choice('bos', ['model', 'with', 'without', 'both']) ?? 'model';
  const bos = chosen === 'both' ? 'with' : chosen;
  const length = input.text('length') === undefined ? undefined : input.integer('length', { otherwise: 50, from: 2 });
  return { kind: 'repeated', ...drawn, bos, ...(length === undefined ? {} : { length }) };
}

/** An option that these prompts don't have would be dropped without a word. */
function refuse(input: Input, kind: string, names: readonly string[], isAllowed: boolean): void {
  const given = names.find((name) => input.text(name) !== undefined || input.texts(name).length > 0);
  if (given !== undefined && !isAllowed) input.fail(`--${given} does not go with these prompts`, { got: kind });
}

function readSeed(input: Input): number {
  return input.integer('seed', { otherwise: 0, from: Number.MIN_SAFE_INTEGER });
}

function planOf({ prompts }: Request): Pick<RequestOf<'open'>, 'plan'> {
  if (prompts.kind !== 'task') return {};
  const { task: name, options } = prompts;
  return { plan: { task: { name, ...(options === undefined ? {} : { options }) } } };
}

interface Scored extends ScoresHeader {
  readonly seconds: number;
  /** Null where no score is about copying. */
  readonly copying: Omit<Copying, 'kind'> | null;
  readonly heads: readonly Omit<ScoredHead, 'kind'>[];
}

async function collect(request: Request, context: Context): Promise<Scored> {
  const heads: Scored['heads'][number][] = [];
  let [header, copying]: [ScoresHeader | null, Scored['copying']] = [null, null];
  const take = (event: Exclude<EventOf<'scores'>, { kind: 'progress' }>) => {
    // A run that was begun again gives everything again.
    if (event.kind === 'start') heads.length = 0;
    if (event.kind === 'start') header = event.header;
    else if (event.kind === 'head') heads.push(headOf(event));
    else copying = { logProbability: event.logProbability, predicted: event.predicted };
  };
  const start = (options: CallOptions) => asRun(context, { call: 'scores', request }, options);
  const { seconds } = await followed(context, 'reading heads', start, take);
  return scored(header, { seconds, copying, heads });
}

function headOf({ layer, head, values, tags }: ScoredHead): Scored['heads'][number] {
  return { layer, head, values, ...(tags === undefined ? {} : { tags }) };
}

function scored(header: ScoresHeader | null, rest: Pick<Scored, 'seconds' | 'copying' | 'heads'>): Scored {
  if (header === null) throw new RangeError('scores: ended without header');
  return { ...header, ...rest };
}

function describe(read: readonly Scored[], top: number): string {
  const [first] = read;
  const scores =
    first?.scores.filter(({ id }) => read.every((one) => one.scores.some((score) => score.id === id))) ?? [];
  return [...read.map(describeRun), ...scores.map(({ id }) => `\n${describeScore(read, id, top)}`)].join('');
}

function describeRun({ prompts, left, seconds, heads }: Scored): string {
  const tokens =
    prompts.repeated === null ? `${prompts.n} prompts` : `${prompts.n} sequences of ${prompts.repeated} tokens, twice`;
  const head = `${heads.length} heads on ${prompts.dataset}: ${tokens}, ${bosOf(prompts)}, ${seconds.toFixed(1)} s. Behaviour, not importance.\n`;
  return [head, ...left.map(({ id, counts }) => `not read: ${id} (no ${counts})\n`)].join('');
}

function bosOf({ bosPrepended }: ScoresHeader['prompts']): string {
  return bosPrepended ? 'with BOS' : 'without BOS';
}

/** One table; the heads in the order of the first run, by size where a score has a sign. */
function describeScore(read: readonly Scored[], id: string, top: number): string {
  const [first] = read;
  const score = first?.scores.find((one) => one.id === id);
  if (first === undefined || score === undefined) throw new RangeError(`scores: no ${id}`);
  const sizeOf = (one: Scored['heads'][number]) => (score.range[0] < 0 ? Math.abs(meanOf(one, id)) : meanOf(one, id));
  const order = [...first.heads].sort((a, b) => sizeOf(b) - sizeOf(a) || a.layer - b.layer || a.head - b.head);
  const rows = order.slice(0, top).map((one) => [nameOf(one), ...read.flatMap((run) => valueCells(run, one, id))]);
  const columns = [
    { title: 'head' },
    ...read.flatMap((run) => valueColumns(read.length === 1 ? '' : bosOf(run.prompts))),
  ];
  const levels = read.map((run) => describeLevel(run, id, read.length > 1));
  return [`${id}: ${score.about}\n`, ...levels, formatTable(columns, rows)].join('');
}

function describeLevel({ scores: read, copying, prompts }: Scored, id: string, isOneOfTwo: boolean): string {
  const score = read.find((one) => one.id === id);
  if (score === undefined) throw new RangeError(`scores: a run without ${id}`);
  const { queries, unit, uniform } = score;
  const equal = uniform === null ? '' : `; equal attention to all tokens would give ${uniform.toFixed(3)}`;
  const which = isOneOfTwo ? `${bosOf(prompts)}: ` : '';
  const isCopying = known.find((one) => one.id === id)?.predicts === true;
  const does = isCopying && copying !== null ? describeCopying(copying) : '';
  return `${which}${queries} queries; unit: ${unit}${equal}\n${does}`;
}

function describeCopying({ predicted, logProbability }: NonNullable<Scored['copying']>): string {
  const likely = `mean log probability ${logProbability.mean.toFixed(3)} nats, n ${predicted.n}`;
  return `the model's first choice is the token to be copied in ${percent(predicted.mean)} (${likely})\n`;
}

function meanOf({ values }: Pick<ScoredHead, 'values'>, id: string): number {
  return values[id]?.mean ?? NaN;
}

function valueColumns(which: string): readonly Column[] {
  const score = which === '' ? 'score' : which;
  return [
    { title: score, align: 'right' },
    { title: '95 % interval' },
    { title: 'std. error', align: 'right' },
    { title: 'n', align: 'right' },
  ];
}

function nameOf({ layer, head }: Pick<ScoredHead, 'layer' | 'head'>): string {
  return `L${layer}H${head}`;
}

function valueCells({ heads }: Scored, { layer, head }: Pick<ScoredHead, 'layer' | 'head'>, id: string): string[] {
  const value = heads.find((one) => one.layer === layer && one.head === head)?.values[id];
  if (value === undefined) throw new RangeError(`scores: a head without ${id}`);
  const [low, high] = value.interval;
  return [
    value.mean.toFixed(3),
    value.n < 2 ? 'unknown' : `[${low.toFixed(3)}, ${high.toFixed(3)}]`,
    value.n < 2 ? '' : value.standardError.toFixed(3),
    `${value.n}`,
  ];
}

/** Heads with a tag, in their order. */
function describeTags({ heads, prompts, tags = [] }: Scored): string {
  const tagged = heads.map((head) => ({ head, found: patternTags(head.values, tags) }));
  const rows = tagged
    .filter(({ found }) => found.length > 0)
    .map(({ head, found }) => [nameOf(head), found.map(({ tag }) => tag).join(', '), found.map(evidence).join(', ')]);
  const unread = tagRules.filter(({ tag }) => !tags.some((rule) => rule.tag === tag)).map(({ tag }) => tag);
  return [
    `\nPattern tags, ${bosOf(prompts)}: what attention looks like on these prompts, not what a head is worth. ${heads.length - rows.length} heads have none.\n`,
    ...(unread.length === 0 ? [] : [`not decided, for their scores are not read: ${unread.join(', ')}\n`]),
    formatTable([{ title: 'head' }, { title: 'tags' }, { title: 'because' }], rows),
  ].join('');
}

function evidence({ score, value, above }: PatternTag): string {
  return `${score} ${value.toFixed(3)} > ${above}`;
}
