/** Collects the effects that a call streams and writes them, a cancelled run included: ablate and attribute are the same here. */
import type { EffectsRecord } from '../../exports/exportFormat.ts';
import { mergeHeads, readHeads, writeHeads } from '../../exports/heads.ts';
import type { HeadsFile } from '../../exports/headsSchema.ts';
import { headsVersion } from '../../exports/headsSchema.ts';
import { writeAtomically } from '../../files/writeAtomically.ts';
import type { CallOptions } from '../../results/index.ts';
import { isAbort } from '../../results/index.ts';
import type { MeasuredHeader } from '../../results/measured.ts';
import type { Progress } from '../../results/records.ts';
import type { Baseline } from '../../results/taskReport.ts';
import type { Input } from '../input.ts';
import { BrokenPipe, checkOutputs } from '../output.ts';
import { readTextFile } from '../textFile.ts';
import { version } from '../version.ts';
import { describeBaseline } from './baseline.ts';
import type { Context, Option } from './command.ts';
import { followed } from './shared.ts';

/** heads.json and the name it was read under. */
export interface NamedHeads {
  readonly file: HeadsFile;
  readonly name: string;
}

export interface Outputs {
  readonly out: string | undefined;
  readonly csv: string | undefined;
  /** The file to merge with. */
  readonly into: NamedHeads | null;
  readonly json: boolean;
}

export const outputOptions = {
  out: {
    type: 'string',
    value: 'heads.json',
    about: `write head-importance ${headsVersion}; never over a file that exists`,
  },
  into: {
    type: 'string',
    value: 'F',
    about: 'write to --out a copy of F with these results added (same model only)',
  },
  csv: { type: 'string', value: 'F', about: 'write a table of all units' },
} as const satisfies Record<string, Option>;

type Unit = { readonly kind: 'unit' };
type EffectsEvent<H, U> =
  { readonly kind: 'start'; readonly header: H } | { readonly kind: 'baseline'; readonly baseline: Baseline } | U;

interface Ended {
  readonly seconds: number;
  readonly warnings: readonly string[];
}

/** What differs between the commands. */
export interface EffectsForm<H extends MeasuredHeader, U extends Unit> {
  /** In the progress line. */
  readonly what: string;
  start(options: CallOptions): AsyncGenerator<EffectsEvent<H, U> | Progress, Ended, void>;
  headsFile(record: EffectsRecord<H, U>): HeadsFile;
  csv(record: EffectsRecord<H, U>): string;
  describe(record: EffectsRecord<H, U>): string;
  /** Throws Fault where the result, here without its units, could not be used as asked. */
  check?(empty: HeadsFile): void;
}

/** Throws Fault for what would make writing fail at the end. */
export async function readOutputs(input: Input): Promise<Outputs> {
  const [out, csv, into, json] = [input.path('out'), input.path('csv'), input.path('into'), input.flag('json')];
  if (into !== undefined && out === undefined)
    input.fail('--into needs --out', { expected: 'where the merged copy goes' });
  await checkOutputs([out, csv]);
  return { out, csv, into: into === undefined ? null : await readNamedHeads(into), json };
}

export async function readNamedHeads(path: string): Promise<NamedHeads> {
  const { text, name } = await readTextFile(path);
  return { file: readHeads(text, name), name };
}

/** Resolves to the exit code. Throws Fault for what the service refuses, and where a file can't be written. */
export async function collectAndWrite<H extends MeasuredHeader, U extends Unit>(
  form: EffectsForm<H, U>,
  outputs: Outputs,
  context: Context,
): Promise<number> {
  const run = new Run<H, U>();
  try {
    const { seconds, warnings } = await followed<EffectsEvent<H, U>, Ended>(
      context,
      form.what,
      (options) => form.start(options),
      async (event: EffectsEvent<H, U>) => {
        run.take(event);
        if (event.kind === 'start') checkHeader(form, run.header, outputs);
        // Before the work, where the call can say it, so that a run on a task that the model can't do can be stopped.
        if (event.kind === 'baseline' && !outputs.json) await showBaseline(run.record(0, []), outputs, context);
      },
    );
    await write(form, run.record(seconds, warnings), outputs, context);
    return 0;
  } catch (error) {
    if (isAbort(error) && run.hasUnits) await write(form, run.record(run.seconds, []), outputs, context);
    throw error;
  }
}

async function showBaseline(
  { header, baseline }: EffectsRecord<MeasuredHeader, unknown>,
  { out, csv }: Outputs,
  { stdout, progress }: Context,
): Promise<void> {
  progress.clear();
  const shown = stdout.write(`${describeBaseline(header.calibration.dataset, baseline)}\n`);
  // A file that was asked for is made though no one reads the table.
  const isSaved = (out ?? csv) !== undefined;
  await shown.catch((error: unknown) => {
    if (!isSaved || !(error instanceof BrokenPipe)) throw error;
  });
}

/** What has come so far. */
class Run<H extends MeasuredHeader, U extends Unit> {
  readonly #started = performance.now();
  readonly #units: U[] = [];
  #header: H | null = null;
  #baseline: Baseline | null = null;

  take(event: EffectsEvent<H, U>): void {
    if (event.kind === 'unit') this.#units.push(event);
    else if (event.kind === 'baseline') this.#baseline = event.baseline;
    else this.#begin(event.header);
  }

  /** A run that was begun again, because its compute process died, gives everything again. */
  #begin(header: H): void {
    this.#header = header;
    this.#units.length = 0;
  }

  get header(): H {
    if (this.#header === null) throw new RangeError('effects: no header yet');
    return this.#header;
  }

  get hasUnits(): boolean {
    return this.#baseline !== null && this.#units.length > 0;
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  record(seconds: number, warnings: readonly string[]): EffectsRecord<H, U> {
    if (this.#baseline === null) throw new RangeError('effects: ended without a baseline');
    const created = new Date().toISOString();
    return { header: this.header, baseline: this.#baseline, units: this.#units, seconds, warnings, created, version };
  }
}

/** Merging is tried on the empty result, so that a file of another model stops the run before its work. */
function checkHeader<H extends MeasuredHeader, U extends Unit>(
  form: EffectsForm<H, U>,
  header: H,
  { into }: Outputs,
): void {
  const none = { mean: 0, standardError: 0, interval: [0, 0], n: 0 } as const;
  const { metricId } = header;
  const baseline = { metricId, direction: 'higher', metric: none, accuracy: none, doesTask: true } as const;
  const empty = form.headsFile({ header, baseline, units: [], seconds: 0, warnings: [], created: '', version });
  if (into !== null) mergeHeads(into.file, empty, into.name);
  form.check?.(empty);
}

async function write<H extends MeasuredHeader, U extends Unit>(
  form: EffectsForm<H, U>,
  record: EffectsRecord<H, U>,
  { out, csv, into, json }: Outputs,
  { stdout, stderr }: Context,
): Promise<void> {
  const own = form.headsFile(record);
  const file = into === null ? own : mergeHeads(into.file, own, into.name);
  const texts = [[out, () => writeHeads(file)] as const, [csv, () => form.csv(record)] as const];
  const wanted = texts.flatMap(([path, text]) => (path === undefined ? [] : [{ path, text }]));
  const saved = await Promise.allSettled(wanted.map(({ path, text }) => writeAtomically(path, [Buffer.from(text())])));
  // Where a disk is full, what took minutes to compute is at least shown.
  await stdout.write(json ? writeHeads(file) : form.describe(record));
  for (const warning of own.warnings) await stderr.write(`warning: ${warning}\n`);
  for (const [i, { path }] of wanted.entries())
    if (saved[i]?.status === 'fulfilled') await stderr.write(`written: ${path}\n`);
  for (const outcome of saved) if (outcome.status === 'rejected') throw outcome.reason;
}
