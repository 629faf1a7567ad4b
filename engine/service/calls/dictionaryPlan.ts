/** Everything that a training of dictionaries is made of before its first step. */
import type { RequestOf } from '../../results/index.ts';
import type { TrainDictionariesHeader } from '../../results/trainDictionaries.ts';
import type { Model } from '../../run/index.ts';
import { Fault } from '../../terms/fault.ts';
import { ActivationPools } from '../../../sae/activations/activationPools.ts';
import { collectRows } from '../../../sae/activations/collectRows.ts';
import { heldOutWindows } from '../../../sae/activations/heldOutWindows.ts';
import { placeColumns } from '../../../sae/activations/placeColumns.ts';
import { PoolFiles } from '../../../sae/formats/poolFiles.ts';
import { describeInput } from '../../../sae/input.ts';
import type { Rows } from '../../../sae/rows.ts';
import { countOf, rowAt } from '../../../sae/rows.ts';
import { columnsOf } from '../../../sae/training/batches.ts';
import type { Job } from '../../../sae/training/job.ts';
import type { TrainedOn } from '../../../sae/training/trainedDictionary.ts';
import { checkControls } from './dictionaryControls.ts';
import type { TrainedJob } from './dictionaryJobs.ts';
import { checkPlaces, controlName, FROZEN, jobsOf, placesOf } from './dictionaryJobs.ts';
import type { RowWindows } from './dictionaryRows.ts';
import { rowWindows } from './dictionaryRows.ts';
import { identityOf } from './identity.ts';
import { reportEvery } from './reportEvery.ts';
import { isOwnName } from './trainingFolder.ts';

type Request = RequestOf<'trainDictionaries'>;

export type OnProgress = (of: string, done: number, total: number) => void;

export interface DictionaryPlan {
  readonly model: Model;
  readonly text: RowWindows;
  readonly pools: ActivationPools;
  readonly jobs: readonly TrainedJob[];
  /** Of dictionaries and controls, each dictionary before its controls. */
  readonly names: readonly string[];
  /** Rows of all places, of the first windows and of those that are held out. */
  readonly sample: Rows;
  readonly heldOut: Rows;
  readonly heldOutWindows: RowWindows['windows'];
  readonly on: TrainedOn;
  /** Which rows in which order, of which model: two trainings with the same line see the same. */
  readonly rows: string;
  /** That the model ran for rows. */
  modelSeconds(): number;
}

/** Rows that weights start from, scales are measured on and controls are made of. */
const sampleRows = 8192;

/** Throws Fault for names, places, settings, controls and text that don't fit, before anything is trained. */
export async function dictionaryPlan(
  model: Model,
  request: Request,
  folder: string,
  report: OnProgress,
  signal: AbortSignal,
): Promise<DictionaryPlan> {
  const names = namesOf(request);
  checkRequest(request, names);
  const places = placesOf(request.dictionaries);
  const columns = placeColumns(places, model.family);
  const text = rowWindows(model, request.rows, request.seed);
  const { skip } = text;
  const split = heldOutWindows(text.windows, { rows: request.heldOut, skip, perToken: columns.perToken });
  const of = JSON.stringify({ model: model.files.fingerprint, weights: model.weights, text: text.tokenIdsSha256 });
  const { batch, pool, seed, memory, disk } = request;
  const pools = new ActivationPools(model, {
    ...{ places, skip, of, batch, pool, seed, memory, disk, signal },
    windows: split.training,
    store: new PoolFiles(folder),
  });
  const sample = await pools.sample(sampleRows, (done, total) => report('first rows', done, total));
  const jobs = jobsOf(request, sample, columns);
  const held = await heldOutRows(model, { windows: split.heldOut, places, skip, signal }, request.heldOut, report);
  for (const { job } of jobs) requireVariance(job, held.rows);
  return {
    ...{ model, text, pools, jobs, names, sample, heldOutWindows: split.heldOut },
    heldOut: held.rows,
    on: { model: { name: model.files.name, fingerprint: model.files.fingerprint }, text: text.source },
    rows: JSON.stringify({ of, pool, batch, seed, heldOut: request.heldOut, places }),
    modelSeconds: () => pools.modelSeconds + held.seconds,
  };
}

function namesOf({ dictionaries, controls }: Request): string[] {
  return dictionaries.flatMap(({ name }) => [name, ...controls.map((control) => controlName(name, control))]);
}

function checkRequest({ dictionaries, controls, batch }: Request, names: readonly string[]): void {
  checkControls(controls);
  checkPlaces(dictionaries);
  // Folders of some systems are the same in large and small letters.
  const folders = names.map((name) => name.toLowerCase());
  const twice = folders.findIndex((name, i) => folders.indexOf(name) !== i || isOwnName(name));
  if (twice >= 0)
    throw new Fault({
      what: 'name of a dictionary',
      expected: 'one that nothing else in the folder has',
      got: names[twice] ?? '',
    });
  if (batch < 2)
    throw new Fault({ what: 'rows of a step', expected: 'at least 2, for one has no variance', got: String(batch) });
}

async function heldOutRows(
  model: Model,
  request: Parameters<typeof collectRows>[1],
  count: number,
  report: OnProgress,
): Promise<{ readonly rows: Rows; readonly seconds: number }> {
  const parts: Float32Array[] = [];
  let [width, done, seconds] = [1, 0, 0];
  for await (const part of collectRows(model, request)) {
    parts.push(part.rows.data);
    ({ width } = part.rows);
    done += countOf(part.rows);
    seconds += part.seconds;
    report('held-out rows', Math.min(done, count), count);
  }
  const data = new Float32Array(count * width);
  let next = 0;
  for (const part of parts) {
    data.set(part.subarray(0, data.length - next), next);
    next = Math.min(data.length, next + part.length);
  }
  return { rows: { width, data }, seconds };
}

function requireVariance({ name, plan, firstColumn }: Job, heldOut: Rows): void {
  const rows = columnsOf(heldOut, firstColumn, plan.size.width);
  const first = rowAt(rows, 0);
  if (rows.data.some((value, i) => value !== first[i % rows.width])) return;
  throw new Fault({ what: 'held-out rows that are all the same', where: name, expected: 'a variance to explain' });
}

export function headerOf(model: Model, request: Request, plan: DictionaryPlan): TrainDictionariesHeader {
  const { text, pools, heldOut } = plan;
  const total = pools.pools.reduce((sum, { rows }) => sum + rows, 0);
  return {
    model: identityOf(model),
    shape: model.family.shape,
    out: request.out,
    dictionaries: plan.jobs.flatMap((one) => entriesOf(one, request.controls)),
    rows: {
      ...{ total, pool: Math.max(...pools.pools.map(({ rows }) => rows)), heldOut: countOf(heldOut) },
      ...{ source: text.source, tokenIdsSha256: text.tokenIdsSha256 },
    },
    ...{ steps: request.steps, batch: request.batch, reportEvery: reportEvery(request.steps) },
    notes: [...text.notes, ...fewerWindows(request, text), passesNote(request, total)],
  };
}

type Entry = TrainDictionariesHeader['dictionaries'][number];

/** The dictionary, or its control that trains along; after the former those that are made of rows. */
function entriesOf({ job, of }: TrainedJob, controls: readonly string[]): Entry[] {
  if (of !== null) return [entryOf(job, job.name, { id: FROZEN, of })];
  const made = controls.filter((id) => id !== FROZEN);
  return [
    entryOf(job, job.name, null),
    ...made.map((id) => entryOf(job, controlName(job.name, id), { id, of: job.name })),
  ];
}

function entryOf({ plan, input }: Job, name: string, control: Entry['control']): Entry {
  const { variant, size } = plan;
  const { site, layer, head } = input;
  return { name, variant: variant.id, place: { site, layer, head }, reads: describeInput(input), ...size, control };
}

function fewerWindows({ rows }: Request, { windows, source }: RowWindows): string[] {
  if (rows.kind !== 'text' || windows.length >= rows.texts.n) return [];
  return [`${source}: ${windows.length} windows of ${rows.texts.length} tokens, ${rows.texts.n} were asked for`];
}

function passesNote({ steps, batch }: Request, total: number): string {
  return `${steps} steps of ${batch} rows pass over the ${total} rows ${((steps * batch) / total).toFixed(1)} times`;
}
