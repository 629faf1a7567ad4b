/** `headscope ablate`: the causal importance of every head. */
import type { AblatedUnit, AblationHeader } from '../../results/ablation.ts';
import type { EventOf, RequestOf } from '../../results/index.ts';
import { isAbort } from '../../results/index.ts';
import type { AblationRecord } from '../../exports/exportFormat.ts';
import { csv } from '../../exports/csv.ts';
import { headsFile, mergeHeads, readHeads, writeHeads } from '../../exports/heads.ts';
import type { HeadsFile } from '../../exports/headsSchema.ts';
import type { Baseline } from '../../results/taskReport.ts';
import { writeAtomically } from '../../files/writeAtomically.ts';
import type { Input } from '../input.ts';
import { BrokenPipe, checkOutputs } from '../output.ts';
import type { Column } from '../table.ts';
import { formatTable, interval, signed } from '../table.ts';
import { readTextFile } from '../textFile.ts';
import { version } from '../version.ts';
import { describeBaseline } from './baseline.ts';
import type { Command, Context } from './command.ts';
import { followed, jsonOption, modelRequest, openModel, taskOption, taskOptions, weightsOption } from './shared.ts';

export const ablate: Command = {
  name: 'ablate',
  summary: 'remove every head in turn and measure what changes',
  usage: [
    'ablate MODEL (--task NAME [--n 64] [--seed 0] [--option K=V ...] | --prompts F.jsonl) [--kind zero|mean|resample] [--unit head|kv-group|layer|mlp]',
    '       [--metric M] [--reference F.jsonl] [--align end] [--out heads.json [--into F]] [--csv F] [--json]',
  ],
  about: [
    'The effect is the metric with the unit removed minus the clean metric: mean over prompts, standard error, 95 % bootstrap interval, n; KL is from the clean next-token distribution.',
    "zero puts 0 in the unit's place, mean its per-position mean over the run's own clean prompts (or --reference), resample its value on the corrupted prompt. Unit layer is attention and MLP together.",
    'Can the model do the task at all? That is printed first: effects on a behaviour that a model lacks are noise.',
    'A prompt file has one JSON object a line: text or ids; answer or answerId (or a list), wrong or wrongId (or a list); optional corrupt or corruptIds. Its metric is logitDifference at the last position unless --metric says otherwise.',
    'Ctrl-C keeps what is done: the files are written with a warning that says how many units they hold.',
  ],
  examples: [
    'headscope ablate model.gguf --task ioi --kind zero --out heads.json',
    'headscope ablate model.gguf --prompts pairs.jsonl --kind resample --unit kv-group --csv groups.csv',
  ],
  options: {
    task: { type: 'string', value: 'NAME', about: 'the task to make prompts of (headscope task lists them)' },
    prompts: { type: 'string', value: 'F.jsonl', about: 'prompts of your own' },
    n: { type: 'string', value: 'N', about: 'how many prompts of the task (default 64)' },
    seed: { type: 'string', value: 'N', about: 'of the prompts and the bootstrap (default 0)' },
    ...taskOption,
    kind: { type: 'string', value: 'zero|mean|resample', about: 'what takes the place of the unit (default zero)' },
    unit: { type: 'string', value: 'head|kv-group|layer|mlp', about: 'what is removed at a time (default head)' },
    metric: {
      type: 'string',
      value: 'M',
      about: 'logitDifference, probabilityDifference, rank or negativeLogLikelihood',
    },
    reference: { type: 'string', value: 'F.jsonl', about: 'prompts over which the mean is taken' },
    align: { type: 'string', value: 'end', about: 'count positions from the end, for a mean over unequal lengths' },
    out: { type: 'string', value: 'heads.json', about: 'write head-importance 1.0.0; never over a file that exists' },
    into: {
      type: 'string',
      value: 'F',
      about: 'write to --out a copy of F with these results added (same model only)',
    },
    csv: { type: 'string', value: 'F', about: 'write a table of all units' },
    ...weightsOption,
    ...jsonOption,
  },
  async run(input, context) {
    const request = await readRequest(input);
    const outputs = await readOutputs(input);
    await openModel(context, { ...modelRequest(input), ...planOf(request) });
    return collectAndWrite(request, outputs, input.flag('json'), context);
  },
};

type Request = RequestOf<'ablate'>;

function planOf({ prompts }: Request): Pick<RequestOf<'open'>, 'plan'> {
  if (prompts.kind === 'file') return {};
  const { task: name, options } = prompts;
  return { plan: { task: { name, ...(options === undefined ? {} : { options }) } } };
}

async function readRequest(input: Input): Promise<Request> {
  const metric = input.choice('metric', ['logitDifference', 'probabilityDifference', 'rank', 'negativeLogLikelihood']);
  const ablation = input.choice('kind', ['zero', 'mean', 'resample']) ?? 'zero';
  const reference = input.path('reference');
  const align = input.choice('align', ['end']);
  if (ablation !== 'mean' && (reference ?? align) !== undefined) {
    input.fail('--reference and --align belong to --kind mean', { got: `--kind ${ablation}` });
  }
  return {
    ...modelRequest(input),
    prompts: await readPrompts(input),
    ablation,
    unit: input.choice('unit', ['head', 'kv-group', 'layer', 'mlp']) ?? 'head',
    seed: readSeed(input),
    ...(metric === undefined ? {} : { metric }),
    ...(reference === undefined ? {} : { reference: await readTextFile(reference) }),
    ...(align === undefined ? {} : { align }),
  };
}

async function readPrompts(input: Input): Promise<Request['prompts']> {
  if (input.oneOf(['task', 'prompts']) === 'task') {
    return {
      kind: 'task',
      task: input.required('task'),
      n: input.integer('n', { otherwise: 64, from: 1, to: 100_000 }),
      seed: readSeed(input),
      ...taskOptions(input),
    };
  }
  if (input.text('n') !== undefined) input.fail('--n belongs to --task', { got: 'a prompt file' });
  if (input.texts('option').length > 0) input.fail('--option belongs to --task', { got: 'a prompt file' });
  return { kind: 'file', file: await readTextFile(input.required('prompts')) };
}

function readSeed(input: Input): number {
  return input.integer('seed', { otherwise: 0, from: Number.MIN_SAFE_INTEGER });
}

interface Outputs {
  readonly out: string | undefined;
  readonly csv: string | undefined;
  /** The file to merge with, and its name. */
  readonly into: { readonly file: HeadsFile; readonly name: string } | null;
}

async function readOutputs(input: Input): Promise<Outputs> {
  const [out, table, into] = [input.path('out'), input.path('csv'), input.path('into')];
  if (into !== undefined && out === undefined)
    input.fail('--into needs --out', { expected: 'where the merged copy goes' });
  await checkOutputs([out, table]);
  if (into === undefined) return { out, csv: table, into: null };
  const { text, name } = await readTextFile(into);
  return { out, csv: table, into: { file: readHeads(text, name), name } };
}

async function collectAndWrite(request: Request, outputs: Outputs, json: boolean, context: Context): Promise<number> {
  const run = new Run();
  try {
    const { seconds, warnings } = await followed(
      context,
      `ablating (${request.ablation})`,
      (options) => context.client.ablate(request, options),
      async (event) => {
        run.take(event, outputs);
        // Before the work, so that a run on a task that the model can't do can be stopped.
        if (event.kind === 'baseline' && !json) await showBaseline(run, outputs, context);
      },
    );
    await write(run.record(seconds, warnings), outputs, json, context);
    return 0;
  } catch (error) {
    if (isAbort(error) && run.hasUnits) await write(run.record(run.seconds, []), outputs, json, context);
    throw error;
  }
}

async function showBaseline(run: Run, { out, csv: table }: Outputs, { stdout, progress }: Context): Promise<void> {
  progress.clear();
  const { header, baseline } = run.record(0, []);
  const shown = stdout.write(`${describeBaseline(header.calibration.dataset, baseline)}\n`);
  // A file that was asked for is made though no one reads the table.
  const isSaved = (out ?? table) !== undefined;
  await shown.catch((error: unknown) => {
    if (!isSaved || !(error instanceof BrokenPipe)) throw error;
  });
}

/** What has come so far. */
class Run {
  readonly #started = performance.now();
  readonly #units: AblatedUnit[] = [];
  #header: AblationHeader | null = null;
  #baseline: Baseline | null = null;

  take(event: Exclude<EventOf<'ablate'>, { kind: 'progress' }>, { into }: Outputs): void {
    if (event.kind === 'unit') this.#units.push(event);
    else if (event.kind === 'baseline') this.#baseline = event.baseline;
    else this.#header = checkedHeader(event.header, into);
  }

  get hasUnits(): boolean {
    return this.#baseline !== null && this.#units.length > 0;
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  record(seconds: number, warnings: readonly string[]): AblationRecord {
    if (this.#header === null || this.#baseline === null)
      throw new RangeError('ablate: ended without header or baseline');
    const created = new Date().toISOString();
    return { header: this.#header, baseline: this.#baseline, units: this.#units, seconds, warnings, created, version };
  }
}

/** Merging is tried on the empty result, so that a file of another model stops the run before its work. */
function checkedHeader(header: AblationHeader, into: Outputs['into']): AblationHeader {
  if (into === null) return header;
  const none = { mean: 0, standardError: 0, interval: [0, 0], n: 0 } as const;
  const baseline = {
    metricId: header.metricId,
    direction: 'higher',
    metric: none,
    accuracy: none,
    doesTask: true,
  } as const;
  const empty = headsFile({ header, baseline, units: [], seconds: 0, warnings: [], created: '', version });
  mergeHeads(into.file, empty, into.name);
  return header;
}

async function write(
  record: AblationRecord,
  { out, csv: table, into }: Outputs,
  json: boolean,
  { stdout, stderr }: Context,
): Promise<void> {
  const own = headsFile(record);
  const file = into === null ? own : mergeHeads(into.file, own, into.name);
  const texts = [[out, () => writeHeads(file)] as const, [table, () => csv.write(record)] as const];
  const wanted = texts.flatMap(([path, text]) => (path === undefined ? [] : [{ path, text }]));
  const saved = await Promise.allSettled(wanted.map(({ path, text }) => writeAtomically(path, [Buffer.from(text())])));
  // Where a disk is full, what took minutes to compute is at least shown.
  await stdout.write(json ? writeHeads(file) : describe(record));
  for (const warning of own.warnings) await stderr.write(`warning: ${warning}\n`);
  for (const [i, { path }] of wanted.entries())
    if (saved[i]?.status === 'fulfilled') await stderr.write(`written: ${path}\n`);
  for (const outcome of saved) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Units in a table in full up to this many; otherwise the first and last ten. */
const SHOWN = 10;

function describe(record: AblationRecord): string {
  const { header, baseline, units } = record;
  const { sequences } = header.calibration;
  const about = `${header.ablation} ablation of ${units.length} of ${header.units} units (${header.unit}) on ${sequences} prompts, ${record.seconds.toFixed(1)} s`;
  const sign = baseline.direction === 'higher' ? 1 : -1;
  const order = [...units].sort((a, b) => sign * (a.effect.mean - b.effect.mean) || a.layer - b.layer);
  const tables =
    order.length <= 2 * SHOWN
      ? [['From what hurts most to what helps most when removed', order] as const]
      : [
          ['Removing these hurts most', order.slice(0, SHOWN)] as const,
          ['Removing these helps most', order.slice(-SHOWN).reverse()] as const,
        ];
  const sections = tables.map(([title, rows]) => `${title}:\n${formatTable(columns, rows.map(unitRow))}`);
  return [`${about}\n`, ...sections].join('\n');
}

const columns: readonly Column[] = [
  { title: 'unit' },
  { title: 'effect', align: 'right' },
  { title: '95 % interval' },
  { title: 'std. error', align: 'right' },
  { title: 'KL', align: 'right' },
  { title: 'n', align: 'right' },
];

function unitRow({ layer, head, kvGroup, effect, kl }: AblatedUnit): string[] {
  const part = head === undefined ? (kvGroup === undefined ? '' : `G${kvGroup}`) : `H${head}`;
  return [
    `L${layer}${part}`,
    signed(effect.mean),
    effect.n < 2 ? 'unknown' : interval(effect.interval),
    effect.n < 2 ? '' : effect.standardError.toFixed(3),
    kl.mean.toFixed(4),
    `${effect.n}`,
  ];
}
