/** `headscope retrieve-mask`: what a model still answers, and still predicts, without the attention of its best heads. */
import { writeAtomically } from '../../files/writeAtomically.ts';
import type { CallOptions, EventOf, RequestOf } from '../../results/index.ts';
import { isAbort } from '../../results/index.ts';
import type { MaskArm, MaskCurveHeader, MaskRunRow, MaskTextRow } from '../../results/maskCurve.ts';
import type { ClusteredMean, MaskCell, MaskContrast, MaskPoint, MaskRows } from '../../results/maskPoints.ts';
import { maskCells, maskContrasts, maskPoints } from '../../results/maskPoints.ts';
import type { RunSource } from '../../results/retrieve.ts';
import type { Input } from '../input.ts';
import { checkOutputs } from '../output.ts';
import type { Column } from '../table.ts';
import { formatTable, percent, printable, quoted, signed } from '../table.ts';
import { readTextFile } from '../textFile.ts';
import { version } from '../version.ts';
import { asRun, projectOption } from './asRun.ts';
import type { Command, Context } from './command.ts';
import { rankingOptions, readRanking } from './headRanking.ts';
import { needleOptions, readNeedleRuns } from './needleChoice.ts';
import { asJson, followed, jsonOption, modelRequest, openModel, weightsOption } from './shared.ts';

type Request = RequestOf<'maskCurve'>;

export const retrieveMask: Command = {
  name: 'retrieve-mask',
  summary: 'mask the first k heads of a ranking, random ones and the last: needle answers and perplexity',
  usage: [
    'retrieve-mask MODEL (--ranking F [--metric ID] | --heads L9H6,L4H1) [--k 1,2,5,10,20] [--mask M ...] [--scope decode|all] [--draws 10] --out curve.json',
    '       [--grid LENGTHSxDEPTHS ...] [--needles A,B|F.jsonl] [--haystack DIR] [--template plain|chat] [--mode forced|generate] [--contrast-steps] [--text F]',
    'retrieve-mask MODEL (--ranking F | --heads ...) --runs F.jsonl ... --out curve.json',
  ],
  about: [
    'Masks: uniform, the same weight on every key that is seen (Wu et al. 2024); zero, no output (what removing the head does); mean-query, the mean query of plain text (LOCOS); stream(S,R), the first S and the last R keys only. --mask may be given several times.',
    'Scope decode (the default) masks from the last token of the prompt on, as Wu et al. do; all masks everywhere. In plain text decode begins in the middle of each window, whose second half is predicted.',
    'Beside the first k heads stand --draws random sets of as many heads of the same layers, drawn anew for each k and without any of the first k, and the last k where the ranking has all heads. If the first k break the answers and perplexity stays, they retrieve; if both break, they do something else too.',
    'forced (the default): an answer is correct where every token of it is the first choice after those before it, so that greedy decoding would say exactly this. generate: the model writes, and is judged as in headscope retrieve; --contrast-steps then adds the same prompts with "let\'s think step by step".',
    'Intervals are 95 %, clustered by needle (by text for perplexity). Ctrl-C keeps the rows that are done.',
  ],
  examples: [
    'headscope retrieve-mask model.gguf --ranking scores.json --out curve.json',
    'headscope retrieve-mask model.gguf --heads L9H6,L4H1 --k 1,2 --mask uniform --mask zero --scope all --out curve.json',
    'headscope retrieve-mask model.gguf --ranking scores.json --k 10 --mode generate --contrast-steps --template chat --out steps.json',
  ],
  options: {
    ...rankingOptions,
    k: { type: 'string', value: 'K,K', about: 'how many heads are masked together (default 1,2,5,10,20)' },
    mask: {
      type: 'string',
      multiple: true,
      value: 'uniform|zero|mean-query|stream(S,R)',
      about: 'what is done to a masked head (default uniform)',
    },
    scope: { type: 'string', value: 'decode|all', about: 'where heads are masked (default decode)' },
    draws: { type: 'string', value: 'N', about: 'random sets for each k (default 10)' },
    mode: { type: 'string', value: 'forced|generate', about: 'give the answer (default), or let the model write' },
    'contrast-steps': {
      type: 'boolean',
      about: 'the same prompts with steps before the answer too; with --mode generate',
    },
    ...needleOptions,
    text: { type: 'string', value: 'F', about: "plain text for perplexity (default: stories of the program's own)" },
    windows: { type: 'string', value: 'N', about: 'windows of plain text (default 8; 0 for none)' },
    window: { type: 'string', value: 'N', about: 'tokens of each (default 512, or the context)' },
    seed: {
      type: 'string',
      value: 'N',
      about: 'of haystacks, texts, random sets and the order of equal heads (default 0)',
    },
    out: { type: 'string', value: 'curve.json', about: 'write everything; never over a file that exists' },
    ...weightsOption,
    ...projectOption,
    ...jsonOption,
  },
  async run(input, context) {
    const out = input.path('out') ?? input.fail('--out is missing', { expected: 'a file' });
    await checkOutputs([out]);
    const masks = readMasks(input);
    const source = await readNeedleRuns(input);
    const opened = await openModel(context, modelRequest(input));
    const { context: longest } = opened.shape;
    const seed = input.integer('seed', { otherwise: 0, from: Number.MIN_SAFE_INTEGER });
    const request: Request = {
      ...modelRequest(input),
      ...{ masks, runs: sourcesOf(input, source(longest)), texts: await readTexts(input, longest) },
      ranking: await readRanking(input, opened, context, seed),
      ks: readKs(input),
      scope: input.choice('scope', ['decode', 'all']) ?? 'decode',
      draws: input.integer('draws', { otherwise: 10, from: 0, to: 1000 }),
      mode: input.choice('mode', ['forced', 'generate']) ?? 'forced',
      seed,
    };
    return measure(request, context, { out, json: input.flag('json') });
  },
};

function readMasks(input: Input): Request['masks'] {
  const texts = input.texts('mask');
  return (texts.length === 0 ? ['uniform'] : texts).map((text) => maskNamed(input, text));
}

function maskNamed(input: Input, text: string): Request['masks'][number] {
  const [, sinks, recent] = /^stream\(\s*(\d{1,9})\s*,\s*([1-9]\d{0,8})\s*\)$/.exec(text) ?? [];
  if (sinks !== undefined && recent !== undefined)
    return { kind: 'stream', sinks: Number(sinks), recent: Number(recent) };
  if (text === 'uniform' || text === 'zero') return { kind: text };
  if (text === 'mean-query') return { kind: 'meanQuery' };
  return input.fail('--mask', { expected: 'uniform, zero, mean-query or stream(sinks,recent)', got: text });
}

function readKs(input: Input): readonly number[] {
  return (input.text('k') ?? '1,2,5,10,20').split(',').map((part) => {
    if (/^\s*\d{1,6}\s*$/.test(part)) return Number(part);
    return input.fail('--k', { expected: 'numbers of heads such as 1,2,5', got: part });
  });
}

/** The contrast of Wu et al.: the answer at once, and after steps. */
function sourcesOf(input: Input, source: RunSource): Request['runs'] {
  if (!input.flag('contrast-steps')) return [source];
  const isWritten = input.text('mode') === 'generate';
  if (source.kind === 'file' || source.prompt === 'steps' || !isWritten) {
    const got = source.kind === 'file' ? '--runs' : isWritten ? '--prompt steps' : '--mode forced';
    input.fail('--contrast-steps', { expected: 'a grid that asks for the answer, and --mode generate', got });
  }
  // Steps take more tokens than an answer: theirs is the usual number.
  const { maxNew: _, ...rest } = source;
  return [source, { ...rest, prompt: 'steps' }];
}

async function readTexts(input: Input, context: number): Promise<Request['texts']> {
  const file = input.path('text');
  const source =
    file === undefined
      ? ({ kind: 'stories' } as const)
      : ({ kind: 'files', files: [await readTextFile(file)] } as const);
  return {
    source,
    n: input.integer('windows', { otherwise: 8, from: 0, to: 10_000 }),
    length: input.integer('window', { otherwise: Math.min(512, context), from: 2, to: 1_000_000 }),
  };
}

interface Shown {
  readonly out: string;
  readonly json: boolean;
}

async function measure(request: Request, context: Context, shown: Shown): Promise<number> {
  const taken = new Taken();
  try {
    const start = (options: CallOptions) => asRun(context, { call: 'maskCurve', request }, options);
    const { seconds, warnings } = await followed(context, 'masking heads', start, (event) => taken.take(event));
    await write(taken.rows, { seconds, warnings }, shown, context);
    return 0;
  } catch (error) {
    if (isAbort(error) && taken.hasRows) {
      const done = `cancelled after ${taken.rows.runs.length} of ${taken.rows.header.runs} runs`;
      await write(taken.rows, { seconds: taken.seconds, warnings: [done] }, shown, context);
    }
    throw error;
  }
}

/** What has come so far. */
class Taken {
  readonly #started = performance.now();
  readonly #runs: MaskRunRow[] = [];
  readonly #texts: MaskTextRow[] = [];
  #header: MaskCurveHeader | null = null;

  take(event: Exclude<EventOf<'maskCurve'>, { kind: 'progress' }>): void {
    if (event.kind === 'start') this.#begin(event.header);
    else if (event.of === 'run') this.#runs.push(event);
    else this.#texts.push(event);
  }

  /** A run that was begun again gives everything again. */
  #begin(header: MaskCurveHeader): void {
    this.#header = header;
    this.#runs.length = 0;
    this.#texts.length = 0;
  }

  get hasRows(): boolean {
    return this.#header !== null && this.#runs.length > 0;
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  get rows(): MaskRows {
    if (this.#header === null) throw new RangeError('retrieve-mask: no header yet');
    return { header: this.#header, runs: this.#runs, texts: this.#texts };
  }
}

interface Ended {
  readonly seconds: number;
  readonly warnings: readonly string[];
}

async function write(rows: MaskRows, ended: Ended, { out, json }: Shown, { stdout, stderr }: Context): Promise<void> {
  const text = asJson(recordOf(rows, ended));
  const saved = await Promise.allSettled([writeAtomically(out, [Buffer.from(text)])]);
  // Where a disk is full, what took minutes to compute is at least shown.
  await stdout.write(json ? text : describe(rows, ended));
  for (const warning of ended.warnings) await stderr.write(`warning: ${warning}\n`);
  for (const outcome of saved) {
    if (outcome.status === 'rejected') throw outcome.reason;
    await stderr.write(`written: ${out}\n`);
  }
}

/** Everything that was measured, and what it says. */
function recordOf(rows: MaskRows, ended: Ended) {
  return {
    schema: 'headscope-mask-curve',
    schema_version: '1.0.0',
    created: new Date().toISOString(),
    tool: `headscope ${version}`,
    ...rows.header,
    points: maskPoints(rows),
    contrasts: maskContrasts(rows),
    cells: shownArms(rows.header).map((arm) => ({ arm, cells: maskCells(rows, arm) })),
    rows: [...rows.runs, ...rows.texts],
    ...ended,
  };
}

/** The model as it is, and the most heads of each mask. */
function shownArms({ arms }: MaskCurveHeader): readonly number[] {
  const last = arms
    .map((arm, index) => ({ arm, index }))
    .filter(({ arm, index }) => {
      const later = arms
        .slice(index + 1)
        .some((other) => other.set === 'top' && maskName(other.mask) === maskName(arm.mask));
      return arm.set === 'top' && !later;
    });
  return [0, ...last.map(({ index }) => index)];
}

function describe(rows: MaskRows, { seconds }: Ended): string {
  const { header, runs, texts } = rows;
  const points = maskPoints(rows);
  const hasSteps = points.some(({ stepsAccuracy }) => stepsAccuracy !== null);
  const about = `${runs.length} prompts and ${texts.length} windows of ${header.texts.length} tokens (${header.texts.source}) under ${header.arms.length} settings, ${seconds.toFixed(1)} s`;
  const notes = header.notes.map((note) => `note: ${note}\n`).join('');
  const sections = [
    formatTable(
      pointColumns(hasSteps),
      points.map((point) => pointRow(point, hasSteps)),
    ),
    contrastTable(maskContrasts(rows), hasSteps),
    ...shownArms(header).map((arm) => cellTable(rows, arm)),
    hasSteps ? example(rows) : '',
  ];
  return [`${printable(about)}\n${notes}`, ...sections.filter((section) => section !== '')].join('\n');
}

function pointColumns(hasSteps: boolean): readonly Column[] {
  return [
    ...[
      { title: 'mask' },
      { title: 'heads' },
      { title: 'answered', align: 'right' as const },
      { title: '95 % interval' },
    ],
    ...(hasSteps ? [{ title: 'after steps', align: 'right' as const }] : []),
    ...[
      { title: 'first choices', align: 'right' as const },
      { title: 'spread of draws' },
      { title: 'log prob.', align: 'right' as const },
      { title: 'perplexity', align: 'right' as const },
    ],
    { title: 'spread of draws' },
  ];
}

function pointRow(point: MaskPoint, hasSteps: boolean): string[] {
  const { mask, set, k, draws, accuracy, stepsAccuracy, firstChoice, logProbability, perplexity, spread } = point;
  const sets = set === 'random' ? `${draws} x random ${k}` : set === 'none' ? 'all as they are' : `${set} ${k}`;
  return [
    ...[maskName(mask), sets, share(accuracy), shares(accuracy)],
    ...(hasSteps ? [share(stepsAccuracy)] : []),
    share(firstChoice),
    ends(spread?.firstChoice ?? null, percent),
    logProbability?.mean.toFixed(3) ?? '',
    perplexity?.toFixed(2) ?? '',
    ends(spread?.perplexity ?? null, (value) => value.toFixed(2)),
  ];
}

function share(value: ClusteredMean | null): string {
  return value === null ? '' : percent(value.mean);
}

/** A share's interval ends where shares end. */
function shares(value: ClusteredMean | null): string {
  if (value === null) return '';
  if (value.interval === null) return 'one needle';
  const [low, high] = value.interval;
  return `[${percent(Math.max(0, low))}, ${percent(Math.min(1, high))}]`;
}

function ends(pair: readonly [number, number] | null, words: (value: number) => string): string {
  return pair === null ? '' : `${words(pair[0])} to ${words(pair[1])}`;
}

function contrastTable(contrasts: readonly MaskContrast[], hasSteps: boolean): string {
  if (contrasts.length === 0) return '';
  const columns: readonly Column[] = [
    ...[{ title: 'mask' }, { title: 'k', align: 'right' as const }, { title: 'answered' }],
    ...(hasSteps ? [{ title: 'after steps' }] : []),
    ...[{ title: 'first choices' }, { title: 'log prob.' }, { title: 'loss on text (nats)' }],
  ];
  const rows = contrasts.map(({ mask, k, accuracy, stepsAccuracy, firstChoice, logProbability, loss }) => [
    ...[maskName(mask), String(k), difference(accuracy, 1)],
    ...(hasSteps ? [difference(stepsAccuracy, 1)] : []),
    ...[difference(firstChoice, 1), difference(logProbability), difference(loss)],
  ]);
  return `The first k minus random k of the same layers:\n${formatTable(columns, rows)}`;
}

/** An interval ends where differences of shares do. */
function difference(value: ClusteredMean | null, most = Infinity): string {
  if (value === null) return '';
  const { mean, interval } = value;
  if (interval === null) return signed(mean);
  const [low, high] = interval.map((end) => signed(Math.min(most, Math.max(-most, end))));
  return `${signed(mean)} [${low}, ${high}]`;
}

/** Depths down, lengths across: correct of how many. */
function cellTable(rows: MaskRows, arm: number): string {
  const cells = maskCells(rows, arm);
  const lengths = [...new Set(cells.map(({ length }) => length))];
  const depths = [...new Set(cells.map(({ depth }) => depth))].sort((a, b) => a - b);
  if (cells.length < 2) return '';
  const columns: readonly Column[] = [
    { title: 'depth', align: 'right' },
    ...lengths.map((length) => ({ title: `${length} tokens`, align: 'right' as const })),
  ];
  const table = depths.map((depth) => [`${depth} %`, ...lengths.map((length) => cellWords(cells, length, depth))]);
  return `Answered, and first choices, ${armWords(rows.header.arms[arm])}:\n${formatTable(columns, table)}`;
}

function cellWords(cells: readonly MaskCell[], length: number, depth: number): string {
  const cell = cells.find((one) => one.length === length && one.depth === depth);
  return cell === undefined ? '' : `${cell.correct} of ${cell.n}, ${percent(cell.firstChoice)}`;
}

function armWords(arm: MaskArm | undefined): string {
  return arm === undefined || arm.set === 'none'
    ? 'all heads as they are'
    : `${arm.set} ${arm.k} ${maskName(arm.mask)}`;
}

/** One needle asked both ways, as it is and under the widest mask. */
function example({ header, runs }: MaskRows): string {
  const steps = runs.find(({ prompt }) => prompt === 'steps');
  const direct = runs.find(
    (run) =>
      run.prompt === 'answer' &&
      run.needle === steps?.needle &&
      run.length === steps?.length &&
      run.depth === steps?.depth,
  );
  const lines = [direct, steps].flatMap((run) =>
    run === undefined ? [] : shownArms(header).map((arm) => exampleLine(run, arm, header.arms[arm])),
  );
  return lines.length === 0 ? '' : `For example (answer ${quoted(printable(steps?.answer ?? ''))}):\n${lines.join('')}`;
}

function exampleLine(run: MaskRunRow, index: number, arm: MaskArm | undefined): string {
  const asked = run.prompt === 'steps' ? 'after steps' : 'at once';
  return `  ${asked}, ${armWords(arm)}, ${run.correct[index] === true ? 'right' : 'wrong'}: ${quoted(printable(run.said?.[index] ?? ''))}\n`;
}

function maskName(mask: MaskArm['mask']): string {
  if (mask === null) return 'none';
  if (mask.kind === 'stream') return `stream(${mask.sinks},${mask.recent})`;
  return mask.kind === 'meanQuery' ? 'mean-query' : mask.kind;
}
