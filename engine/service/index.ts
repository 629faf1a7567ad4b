/** The package for scripts: open, run, capture, ablate, attribute, tasks. The command line does the same through the contract. */
import { attributionHeads } from '../exports/attributionHeads.ts';
import type { EffectsRecord } from '../exports/exportFormat.ts';
import { headsFile } from '../exports/heads.ts';
import type { HeadsFile } from '../exports/headsSchema.ts';
import type { AblatedUnit, AblationHeader } from '../results/ablation.ts';
import type { AttributedUnit, AttributionHeader, AttributionSite } from '../results/attribution.ts';
import type { CapturedTensor } from '../results/capture.ts';
import type { CallOptions, RequestOf, ResultOf } from '../results/index.ts';
import { drain } from '../results/index.ts';
import type { Progress, PromptInput, Summary } from '../results/records.ts';
import type { Baseline } from '../results/taskReport.ts';
import type { Model } from '../run/index.ts';
import type { MetricId } from '../tasks/task.ts';
import type { Edit } from '../terms/edits.ts';
import type { Site } from '../terms/sites.ts';
import { ablateCall } from './calls/ablate.ts';
import { attributeCall } from './calls/attribute.ts';
import { captureCall } from './calls/capture.ts';
import { CaptureCollector } from './captured.ts';
import { runCall } from './calls/run.ts';
import { sourceOf } from './openModels.ts';
import { readEdits } from './storedTensor.ts';
import { version } from './version.ts';

export type { OpenOptions } from '../run/index.ts';
export { openModel as open } from '../run/index.ts';
export { tasks } from '../tasks/index.ts';
export { Fault } from '../terms/fault.ts';
export { writeHeads } from '../exports/heads.ts';
export { mergeHeads, readHeads } from '../exports/heads.ts';
export { importScores } from '../exports/importScores.ts';
export { writeTables } from '../exports/writeTables.ts';
export type { AblatedUnit, AttributedUnit, AttributionSite, Baseline, CapturedTensor, Edit, HeadsFile };
export type { MetricId, Model, PromptInput, Site, Summary };

export type RunResult = ResultOf<'run'>;

/** An edit as data, or in its text form: `L9H6.z=zero` (engine/service/EDITS.md). */
export type EditInput = Edit | string;

export interface RunRequest {
  readonly prompt: PromptInput;
  readonly edits?: readonly EditInput[];
  /** How many tokens to list; 10 where omitted. */
  readonly top?: number;
  readonly signal?: AbortSignal;
}

/** Next tokens before and after edits. Throws Fault for a bad prompt or edit. */
export async function run(model: Model, { prompt, edits, top = 10, signal }: RunRequest): Promise<RunResult> {
  const request = { model: model.files.path, prompt, top, edits: await editsOf(edits) };
  return runCall(sourceOf(model))(request, direct(signal));
}

export interface CaptureRequest {
  readonly prompts: readonly PromptInput[];
  readonly sites: readonly Site[];
  /** All layers where omitted. */
  readonly layers?: readonly number[];
  readonly edits?: readonly EditInput[];
  readonly signal?: AbortSignal;
}

export interface Captured {
  /** By name: `pattern.3`, `logits`. Rows shorter than the longest are padded on the right with 0. */
  readonly tensors: ReadonlyMap<string, CapturedTensor>;
  readonly ids: readonly (readonly number[])[];
  readonly lengths: readonly number[];
}

/** Values at sites, after the edits. Throws Fault for a site that the model lacks. */
export async function capture(model: Model, request: CaptureRequest): Promise<Captured> {
  const { prompts, sites, layers, edits, signal } = request;
  const stream = captureCall(sourceOf(model))(
    {
      ...{ model: model.files.path, prompts, sites },
      ...(layers === undefined ? {} : { layers }),
      ...(edits === undefined ? {} : { edits: await editsOf(edits) }),
    },
    direct(signal),
  );
  const collector = new CaptureCollector();
  await drain(stream, (event) => {
    if (event.kind !== 'progress') collector.take(event);
  });
  const { tensors, ids, lengths } = collector.captured();
  return { tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])), ids, lengths };
}

/** A row of a prompt file. */
export interface PromptRow {
  readonly text?: string;
  readonly ids?: readonly number[];
  readonly answer?: string | readonly string[];
  readonly answerId?: number | readonly number[];
  readonly wrong?: string | readonly string[];
  readonly wrongId?: number | readonly number[];
  readonly corrupt?: string;
  readonly corruptIds?: readonly number[];
}

/** A task and how many of its prompts, or prompts of your own. */
export type EffectPrompts =
  | {
      readonly task: string;
      /** 64 where omitted. */
      readonly n?: number;
      /** Settings of the task: `tasks` says which there are. */
      readonly options?: Readonly<Record<string, string | number>>;
    }
  | readonly PromptRow[];

export interface AblateRequest {
  readonly prompts: EffectPrompts;
  /** zero where omitted. */
  readonly kind?: 'zero' | 'mean' | 'resample';
  /** head where omitted. */
  readonly unit?: 'head' | 'kv-group' | 'layer' | 'mlp';
  readonly metric?: MetricId;
  /** Prompts over which `mean` is taken instead of the run's own. */
  readonly reference?: readonly PromptRow[];
  readonly align?: 'end';
  /** Of the prompts and the bootstrap; 0 where omitted. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Called for each unit as it comes. */
  readonly onUnit?: (unit: AblatedUnit) => void;
}

export interface Ablation {
  /** Can the model do the task at all? */
  readonly baseline: Baseline;
  readonly units: readonly AblatedUnit[];
  readonly warnings: readonly string[];
  /** The same as heads.json holds it; `writeHeads` makes its text. */
  readonly heads: HeadsFile;
}

/** The effect of removing each unit: edited minus clean. Throws Fault where the prompts don't allow it. */
export async function ablate(model: Model, request: AblateRequest): Promise<Ablation> {
  const { prompts, kind = 'zero', unit = 'head', metric, reference, align, seed = 0, signal, onUnit } = request;
  const stream = ablateCall(sourceOf(model))(
    {
      ...{ model: model.files.path, ablation: kind, unit, seed, prompts: promptsOf(prompts, seed) },
      ...(metric === undefined ? {} : { metric }),
      ...(reference === undefined ? {} : { reference: { text: asLines(reference), name: 'reference' } }),
      ...(align === undefined ? {} : { align }),
    },
    direct(signal),
  );
  const record = await recordOf<AblationHeader, AblatedUnit>(stream, onUnit);
  const { baseline, units, warnings } = record;
  return { baseline, units, warnings, heads: headsFile(record) };
}

export interface AttributeRequest {
  readonly prompts: EffectPrompts;
  /**
   * atp: (corrupt - clean) . gradient, estimates resample ablation; integrated: the same, the gradient averaged over `steps`
   * embeddings between the corrupt and the clean one; gradxact: -value . gradient, estimates zero ablation;
   * taylor: |d metric / d gate|, a magnitude.
   */
  readonly method: 'atp' | 'taylor' | 'gradxact' | 'integrated';
  /** ['z'] where omitted. */
  readonly sites?: readonly AttributionSite[];
  /** Of integrated; 5 where omitted. */
  readonly steps?: number;
  /** Of atp (AtP*): q and k through the softmax instead of its gradient. */
  readonly qkCorrection?: boolean;
  /** Of atp (AtP*): the mean magnitude over gradients that each pass one layer by. */
  readonly gradDrop?: boolean;
  /** Of taylor: what the absolute value is taken of; example where omitted. */
  readonly granularity?: 'token' | 'example';
  readonly metric?: MetricId;
  /** Of the prompts and the bootstrap; 0 where omitted. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Called for each unit as it comes. */
  readonly onUnit?: (unit: AttributedUnit) => void;
}

export interface Attribution extends Omit<Ablation, 'units'> {
  readonly units: readonly AttributedUnit[];
}

/** The effect of replacing each unit, estimated from gradients. Throws Fault where the model, prompts or method don't allow it. */
export async function attribute(model: Model, request: AttributeRequest): Promise<Attribution> {
  const { prompts, seed = 0, signal, onUnit, ...settings } = request;
  const stream = attributeCall(sourceOf(model))(
    { ...settings, model: model.files.path, seed, prompts: promptsOf(prompts, seed) },
    direct(signal),
  );
  const record = await recordOf<AttributionHeader, AttributedUnit>(stream, onUnit);
  const { baseline, units, warnings } = record;
  return { baseline, units, warnings, heads: attributionHeads(record) };
}

type EffectsEvent<H, U> =
  | Progress
  | { readonly kind: 'start'; readonly header: H }
  | { readonly kind: 'baseline'; readonly baseline: Baseline }
  | U;

async function recordOf<H, U extends { readonly kind: 'unit' }>(
  stream: AsyncGenerator<EffectsEvent<H, U>, { readonly seconds: number; readonly warnings: readonly string[] }, void>,
  onUnit: ((unit: U) => void) | undefined,
): Promise<EffectsRecord<H, U>> {
  const units: U[] = [];
  let [header, baseline]: [H | null, Baseline | null] = [null, null];
  const { seconds, warnings } = await drain(stream, (event) => {
    if (event.kind === 'start') header = event.header;
    if (event.kind === 'baseline') baseline = event.baseline;
    if (event.kind !== 'unit') return;
    units.push(event);
    onUnit?.(event);
  });
  if (header === null || baseline === null) throw new RangeError('effects: ended without header or baseline');
  return { header, baseline, units, seconds, warnings, created: new Date().toISOString(), version };
}

function promptsOf(prompts: EffectPrompts, seed: number): RequestOf<'ablate'>['prompts'] {
  if (!('task' in prompts)) return { kind: 'file', file: { text: asLines(prompts), name: 'prompts' } };
  const { task, n = 64, options } = prompts;
  return { kind: 'task', task, n, seed, ...(options === undefined ? {} : { options }) };
}

function asLines(rows: readonly PromptRow[]): string {
  return rows.map((row) => JSON.stringify(row)).join('\n');
}

async function editsOf(edits: readonly EditInput[] = []): Promise<Edit[]> {
  return (await Promise.all(edits.map((edit) => (typeof edit === 'string' ? readEdits([edit]) : [edit])))).flat();
}

/** A call from this process: whoever made it waits for it. */
function direct(signal: AbortSignal = new AbortController().signal): Required<CallOptions> {
  return { signal, priority: 'interactive' };
}
