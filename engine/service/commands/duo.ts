/** `headscope duo`: which KV heads need what lies far back, trained as DuoAttention does, and what it costs that the others stream. */
import { duoFiles } from '../../exports/duoRun.ts';
import type { DuoHeader, DuoQualityHeader } from '../../results/duo.ts';
import type { EventOf, RequestOf, ResultOf } from '../../results/index.ts';
import type { DuoSettings } from '../../train/duo/duoSettings.ts';
import { razorRanking } from '../../scores/streaming/razorRanking.ts';
import { razorShares } from '../../scores/streaming/razorKeep.ts';
import type { StreamingGroup } from '../../results/streamingHeads.ts';
import { duoSchedules } from '../../results/duoSchedules.ts';
import { Fault } from '../../terms/fault.ts';
import { DuoFolder } from '../duoFolder.ts';
import type { Input } from '../input.ts';
import { readKvRanking } from '../kvRanking.ts';
import { readTextFile } from '../textFile.ts';
import { version } from '../version.ts';
import { asRun, projectOption } from './asRun.ts';
import type { Command, Context } from './command.ts';
import type { Measured } from './duoTables.ts';
import { describeGates, describeQuality, startLine, stepLine } from './duoTables.ts';
import { asJson, followed, modelRequest, openModel, weightsOption } from './shared.ts';

export const duo: Command = {
  name: 'duo',
  summary: 'train a gate for every KV head: which need the whole context, which can stream (DuoAttention)',
  usage: [
    'duo MODEL --out DIR [--schedule scaled|paper] [--steps N] [--length A-B] [--sink N] [--recent N] [--seed N]',
    '    [--sparsity 0.25,0.5,0.75] [--draws 3] [--texts 8] [--text F ...] [--ranking [FORMAT=]F ...] [--no-razor] [--no-quality]',
  ],
  about: [
    "A gate of 1 is full attention, of 0 streaming: the first --sink tokens and the last --recent ones. Gates are trained so that the final hidden states at the answers of passkey questions stay those of the full model, with a penalty on every gate (Xiao et al. 2024); the model's weights stay as they are.",
    'The schedule scaled takes 200 steps on texts of 512 to 1,024 tokens (of half the context to all of it in a model that takes no more) with sink 16 and recent 64; paper is that of the paper: 2,000 steps on 1,000 to 32,000 tokens with sink 128 and recent 256. Each can be changed by the other options.',
    'Then the KV heads with the lowest gates stream, as many as --sparsity says, beside as many drawn at random, those that RazorAttention chooses (what its rule keeps, then by induction; as headscope streaming reads them) and those of rankings of other tools (any file that convert reads): log probability of held-out passkeys, and loss on plain text.',
    'A training that was stopped or killed goes on where it was when the same command is given again, to the same gates bit for bit.',
    'DIR gets full_attention_heads.tsv and config.json, which DuoAttention and kvpress read, duo.json with everything, and training.jsonl, a line a step.',
  ],
  examples: [
    'headscope duo model.gguf --out gates',
    'headscope duo model.gguf --out gates --steps 50 --length 256-512 --no-quality',
  ],
  options: {
    out: { type: 'string', value: 'DIR', about: 'folder of the gates' },
    schedule: { type: 'string', value: 'scaled|paper', about: 'settings to start from (default scaled)' },
    steps: { type: 'string', value: 'N', about: 'steps of the training' },
    length: { type: 'string', value: 'A-B', about: 'tokens of the shortest and the longest text' },
    sink: { type: 'string', value: 'N', about: 'first tokens that a streaming head sees' },
    recent: { type: 'string', value: 'N', about: 'last tokens that it sees, the query itself included' },
    seed: { type: 'string', value: 'N', about: 'of texts, random heads and intervals (default 42)' },
    sparsity: { type: 'string', value: 'S,S', about: 'shares of KV heads that stream (default 0.25,0.5,0.75)' },
    draws: { type: 'string', value: 'N', about: 'random choices of heads beside the gates (default 3)' },
    texts: { type: 'string', value: 'N', about: 'passkey texts, and plain texts, to measure on (default 8)' },
    ranking: {
      type: 'string',
      multiple: true,
      value: '[FORMAT=]F',
      about: 'another ranking of heads to measure beside the gates; repeatable',
    },
    text: {
      type: 'string',
      multiple: true,
      value: 'F',
      about: "plain text for the loss; repeatable (default: the program's own stories)",
    },
    'no-razor': { type: 'boolean', about: "without RazorAttention's choice beside the gates" },
    'no-quality': { type: 'boolean', about: 'train only' },
    every: { type: 'string', value: 'N', about: 'print a line every N steps (default 10)' },
    ...weightsOption,
    ...projectOption,
  },
  async run(input, context) {
    const out = input.path('out') ?? input.fail('--out is missing', { expected: 'a folder' });
    const every = input.integer('every', { otherwise: 10, from: 1 });
    const { shape } = await openModel(context, modelRequest(input));
    const asked = readRequest(input, shape.context);
    const quality = input.flag('no-quality') ? null : await readQuality(input, asked, context);
    const folder = await DuoFolder.open(out);
    const trained = await train(context, asked, folder, every);
    await writeGates(folder, trained);
    await context.stdout.write(describeGates(trained.gates));
    if (quality === null) return end(context, out);
    const razor = input.flag('no-razor') ? [] : await razorOrNone(context, quality);
    const measured = await measure(context, quality, [{ name: 'gates', scores: trained.gates }, ...razor]);
    await folder.write({ 'duo.json': asJson({ ...recordOf(folder, trained), quality: measured }) });
    await context.stdout.write(describeQuality(measured));
    return end(context, out);
  },
};

type Request = RequestOf<'duo'>;
type QualityRequest = RequestOf<'duoQuality'>;

function readRequest(input: Input, context: number): Request {
  const schedule = input.choice('schedule', ['scaled', 'paper']) ?? 'scaled';
  const settings: DuoSettings = duoSchedules[schedule];
  const usual = schedule === 'scaled' ? within(settings.lengths, context) : settings.lengths;
  return {
    ...modelRequest(input),
    ...settings,
    steps: input.integer('steps', { otherwise: settings.steps, from: 1, to: 1_000_000 }),
    sink: input.integer('sink', { otherwise: settings.sink, from: 0, to: 1_000_000 }),
    recent: input.integer('recent', { otherwise: settings.recent, from: 1, to: 1_000_000 }),
    seed: input.integer('seed', { otherwise: settings.seed, from: 0, to: 1_000_000 }),
    lengths: readLengths(input, usual),
  };
}

/** No longer than the model takes, from half of that at most. */
function within({ from, to, count }: DuoSettings['lengths'], context: number): DuoSettings['lengths'] {
  return { from: Math.min(from, Math.floor(context / 2)), to: Math.min(to, context), count };
}

function readLengths(input: Input, otherwise: DuoSettings['lengths']): DuoSettings['lengths'] {
  const text = input.text('length');
  if (text === undefined) return otherwise;
  const [, from, to] = /^(\d{1,7})-(\d{1,7})$/.exec(text) ?? [];
  if (from === undefined || to === undefined || Number(from) > Number(to) || Number(from) < 1) {
    input.fail('--length', { expected: 'tokens from shortest to longest such as 512-1024', got: text });
  }
  return { ...otherwise, from: Number(from), to: Number(to) };
}

/** Without the gates, which are not known yet. */
async function readQuality(input: Input, asked: Request, context: Context): Promise<QualityRequest> {
  const { lengths, passkeys, sink, recent, seed } = asked;
  const n = input.integer('texts', { otherwise: 8, from: 1, to: 1000 });
  return {
    ...modelRequest(input),
    ...{ sink, recent, seed, sparsities: readSparsities(input) },
    draws: input.integer('draws', { otherwise: 3, from: 0, to: 100 }),
    passkeyTexts: { n, lengths, passkeys },
    plainTexts: { n, length: lengths.from, source: await readSource(input) },
    rankings: await readRankings(input, context),
  };
}

async function readSource(input: Input): Promise<QualityRequest['plainTexts']['source']> {
  const paths = input.texts('text');
  return paths.length === 0
    ? { kind: 'stories' }
    : { kind: 'files', files: await Promise.all(paths.map(readTextFile)) };
}

async function readRankings(input: Input, { client, stderr }: Context): Promise<QualityRequest['rankings']> {
  const given = input.texts('ranking');
  if (given.length === 0) return [];
  const { name, fingerprint, perLayer } = await client.info({ model: input.model() });
  const rankings: QualityRequest['rankings'][number][] = [];
  for (const text of given) {
    const { doubts, ...ranking } = await readKvRanking(text, { name, fingerprint, perLayer });
    for (const doubt of doubts) await stderr.write(`warning: ${doubt}\n`);
    rankings.push(ranking);
  }
  return rankings;
}

function readSparsities(input: Input): number[] {
  return (input.text('sparsity') ?? '0.25,0.5,0.75').split(',').map((part) => {
    const share = Number(part);
    if (part.trim() !== '' && share >= 0 && share <= 1) return share;
    return input.fail('--sparsity', { expected: 'shares from 0 to 1 such as 0.25,0.5', got: part });
  });
}

interface Trained extends Pick<ResultOf<'duo'>, 'gates' | 'seconds' | 'warnings'> {
  readonly header: DuoHeader;
}

async function train(context: Context, asked: Request, folder: DuoFolder, every: number): Promise<Trained> {
  const from = folder.steps.at(-1);
  const request: Request = from === undefined ? asked : { ...asked, from };
  const take = async (event: Exclude<EventOf<'duo'>, { kind: 'progress' }>) => {
    if (event.kind === 'start') await folder.begin(event.header);
    else await folder.add(event);
    await report(event, every, from?.step ?? 0, context);
  };
  const { gates, warnings } = await followed(
    context,
    'training gates',
    (options) => asRun(context, { call: 'duo', request }, options),
    take,
  );
  for (const warning of warnings) await context.stderr.write(`warning: ${warning}\n`);
  if (folder.header === null) throw new RangeError('duo: ended without header');
  const seconds = folder.steps.reduce((sum, step) => sum + step.seconds, 0);
  return { header: folder.header, gates, seconds, warnings };
}

async function report(
  event: Exclude<EventOf<'duo'>, { kind: 'progress' }>,
  every: number,
  resumedAt: number,
  { stdout, progress }: Context,
): Promise<void> {
  if (event.kind === 'step' && event.step % every !== 0) return;
  progress.clear();
  await stdout.write(`${event.kind === 'start' ? startLine(event.header, resumedAt) : stepLine(event)}\n`);
}

async function writeGates(folder: DuoFolder, trained: Trained): Promise<void> {
  const { gates, header } = trained;
  const files = duoFiles({ header, gates: gates.flat(), version });
  await folder.write({ ...files, 'duo.json': asJson({ ...recordOf(folder, trained), quality: null }) });
}

function recordOf({ steps }: DuoFolder, { header, gates, seconds, warnings }: Trained) {
  const curve = steps.map(({ step, tokens, labels, learningRate, distillation, loss, meanGate, seconds: took }) => {
    return { step, tokens, labels, learningRate, distillation, loss, meanGate, seconds: took };
  });
  return {
    schema: 'headscope-duo',
    schema_version: '1.0.0',
    tool: `headscope ${version}`,
    header,
    gates,
    seconds,
    warnings,
    steps: curve,
  };
}

type Rankings = QualityRequest['rankings'];

/** A probe that the model has no tokens or no room for does not take the rest with it. */
async function razorOrNone(context: Context, asked: QualityRequest): Promise<Rankings> {
  try {
    return [await readRazor(context, asked)];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await context.stderr.write(`warning: without RazorAttention's choice: ${error.message}\n`);
    return [];
  }
}

/** On the same model, by the settings of `headscope streaming`. */
async function readRazor(context: Context, { model, weights, seed }: QualityRequest): Promise<Rankings[number]> {
  const held = weights === undefined ? { model } : { model, weights };
  const request = { ...held, n: 4, keep: razorShares, prior: null, seed };
  const groups: StreamingGroup[] = [];
  const { keep } = await followed(
    context,
    'reading heads',
    (options) => asRun(context, { call: 'streamingHeads', request }, options),
    (event) => {
      if (event.kind === 'group') groups.push(event);
      // A run that was begun again gives everything again.
      else groups.length = 0;
    },
  );
  return { name: 'razor', scores: razorRanking(groups, keep) };
}

async function measure(context: Context, asked: QualityRequest, rankings: Rankings): Promise<Measured> {
  const request = { ...asked, rankings: [...rankings, ...asked.rankings] };
  let header: DuoQualityHeader | null = null;
  const rows: Measured['rows'][number][] = [];
  const take = (event: Exclude<EventOf<'duoQuality'>, { kind: 'progress' }>) => {
    if (event.kind === 'start') header = event.header;
    else {
      const { kind: _, ...row } = event;
      rows.push(row);
    }
  };
  const { seconds, warnings } = await followed(
    context,
    'measuring streaming heads',
    (options) => asRun(context, { call: 'duoQuality', request }, options),
    take,
  );
  for (const warning of warnings) await context.stderr.write(`warning: ${warning}\n`);
  return measured(header, rows, seconds);
}

function measured(header: DuoQualityHeader | null, rows: Measured['rows'], seconds: number): Measured {
  if (header === null) throw new RangeError('duoQuality: ended without header');
  return { header, rows, seconds };
}

async function end({ stdout }: Context, out: string): Promise<number> {
  await stdout.write(`\nwritten: ${out}\n`);
  return 0;
}
