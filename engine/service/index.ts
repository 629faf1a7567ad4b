/** The package for scripts: open, run, capture, ablate, tasks. The command line does the same through the contract. */
import { headsFile } from '../exports/heads.ts';
import type { HeadsFile } from '../exports/headsSchema.ts';
import type { AblatedUnit, AblationHeader } from '../results/ablation.ts';
import type { CapturedTensor } from '../results/capture.ts';
import type { EventOf, RequestOf, ResultOf } from '../results/index.ts';
import { drain } from '../results/index.ts';
import type { PromptInput, Summary } from '../results/records.ts';
import type { Baseline } from '../results/taskReport.ts';
import type { Model } from '../run/index.ts';
import type { MetricId } from '../tasks/task.ts';
import type { Edit } from '../terms/edits.ts';
import type { Site } from '../terms/sites.ts';
import { ablateCall } from './calls/ablate.ts';
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
export type { AblatedUnit, Baseline, CapturedTensor, Edit, HeadsFile, MetricId, Model, PromptInput, Site, Summary };

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
  return runCall(sourceOf(model))(request, { signal: signal ?? never() });
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
    { signal: signal ?? never() },
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

export interface AblateRequest {
  /** A task and how many of its prompts, or prompts of your own. */
  readonly prompts:
    | {
        readonly task: string;
        readonly n?: number;
        /** Settings of the task: `tasks` says which there are. */
        readonly options?: Readonly<Record<string, string | number>>;
      }
    | readonly PromptRow[];
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
  const { signal, onUnit } = request;
  const stream = ablateCall(sourceOf(model))(ablateRequest(model, request), { signal: signal ?? never() });
  const units: AblatedUnit[] = [];
  let [header, baseline]: [AblationHeader | null, Baseline | null] = [null, null];
  const take = (event: EventOf<'ablate'>) => {
    if (event.kind === 'start') header = event.header;
    if (event.kind === 'baseline') baseline = event.baseline;
    if (event.kind !== 'unit') return;
    units.push(event);
    onUnit?.(event);
  };
  const { seconds, warnings } = await drain(stream, take);
  if (header === null || baseline === null) throw new RangeError('ablate: ended without header or baseline');
  const created = new Date().toISOString();
  return {
    baseline,
    units,
    warnings,
    heads: headsFile({ header, baseline, units, seconds, warnings, created, version }),
  };
}

function ablateRequest(model: Model, request: AblateRequest): RequestOf<'ablate'> {
  const { prompts, kind = 'zero', unit = 'head', metric, reference, align, seed = 0 } = request;
  return {
    ...{ model: model.files.path, ablation: kind, unit, seed },
    prompts:
      'task' in prompts
        ? {
            ...{ kind: 'task', task: prompts.task, n: prompts.n ?? 64, seed },
            ...(prompts.options === undefined ? {} : { options: prompts.options }),
          }
        : { kind: 'file', file: { text: asLines(prompts), name: 'prompts' } },
    ...(metric === undefined ? {} : { metric }),
    ...(reference === undefined ? {} : { reference: { text: asLines(reference), name: 'reference' } }),
    ...(align === undefined ? {} : { align }),
  };
}

function asLines(rows: readonly PromptRow[]): string {
  return rows.map((row) => JSON.stringify(row)).join('\n');
}

async function editsOf(edits: readonly EditInput[] = []): Promise<Edit[]> {
  return (await Promise.all(edits.map((edit) => (typeof edit === 'string' ? readEdits([edit]) : [edit])))).flat();
}

function never(): AbortSignal {
  return new AbortController().signal;
}
