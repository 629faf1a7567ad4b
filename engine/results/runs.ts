/** Runs: jobs while they go on, records on disk afterwards. Imports terms only. */
import * as z from 'zod';
import { ablateEvent, ablateRequest } from './ablation.ts';
import { ablateSetsEvent, ablateSetsRequest } from './ablateSets.ts';
import { attributeEvent, attributeRequest } from './attribution.ts';
import { captureEvent, captureRequest } from './capture.ts';
import { circuitEvent, circuitRequest } from './circuitBench.ts';
import { collectFeaturesEvent, collectFeaturesRequest } from './dictionaryFeatures.ts';
import { directLogitsEvent, directLogitsRequest } from './directLogits.ts';
import { duoEvent, duoQualityEvent, duoQualityRequest, duoRequest } from './duo.ts';
import { errorRecord } from './errors.ts';
import { importanceEvent, importanceRequest } from './importance.ts';
import { maskCurveEvent, maskCurveRequest } from './maskCurve.ts';
import { verifyRequest } from './models.ts';
import { patchGridEvent, patchGridRequest } from './patchGrid.ts';
import { pruneCurveEvent, pruneCurveRequest } from './pruneCurve.ts';
import { prunePlanEvent, prunePlanRequest } from './prunePlan.ts';
import { pullEvent, pullRequest } from './pull.ts';
import type { Plain } from './records.ts';
import { progress } from './records.ts';
import { retrieveEvent, retrieveRequest } from './retrieve.ts';
import { scoresEvent, scoresRequest } from './scores.ts';
import { streamingHeadsEvent, streamingHeadsRequest } from './streamingHeads.ts';
import { taskRequest } from './taskReport.ts';
import { trainEvent, trainRequest } from './train.ts';
import {
  measureDictionariesEvent,
  measureDictionariesRequest,
  trainDictionariesEvent,
  trainDictionariesRequest,
} from './trainDictionaries.ts';
import { weightScoresEvent, weightScoresRequest } from './weightScores.ts';

const count = z.int().min(0);
export const runId = z.string().min(1).max(200);
const tags = z.array(z.string().min(1).max(100)).max(100).readonly();

/** Calls that may run as jobs, each with its request. */
const job = <C extends string, Q extends z.ZodType>(call: C, request: Q) =>
  z.strictObject({ call: z.literal(call), request });
export const jobRequest = z.discriminatedUnion('call', [
  job('ablate', ablateRequest),
  job('ablateSets', ablateSetsRequest),
  job('patchGrid', patchGridRequest),
  job('attribute', attributeRequest),
  job('scores', scoresRequest),
  job('retrieve', retrieveRequest),
  job('maskCurve', maskCurveRequest),
  job('streamingHeads', streamingHeadsRequest),
  job('weightScores', weightScoresRequest),
  job('directLogits', directLogitsRequest),
  job('importance', importanceRequest),
  job('prunePlan', prunePlanRequest),
  job('pruneCurve', pruneCurveRequest),
  job('capture', captureRequest),
  job('task', taskRequest),
  job('duo', duoRequest),
  job('duoQuality', duoQualityRequest),
  job('trainDictionaries', trainDictionariesRequest),
  job('measureDictionaries', measureDictionariesRequest),
  job('collectFeatures', collectFeaturesRequest),
  job('circuit', circuitRequest),
  job('train', trainRequest),
  job('pull', pullRequest),
  job('verify', verifyRequest),
]);
export type JobRequest = Plain<z.infer<typeof jobRequest>>;
export type JobCall = JobRequest['call'];

const row = <C extends string, E extends z.ZodType>(call: C, event: E) =>
  z.strictObject({ call: z.literal(call), event });
/** One logged event of a run. Progress is not logged; it is part of the job's state. */
export const runRow = z.discriminatedUnion('call', [
  row('ablate', ablateEvent),
  row('ablateSets', ablateSetsEvent),
  row('patchGrid', patchGridEvent),
  row('attribute', attributeEvent),
  row('scores', scoresEvent),
  row('retrieve', retrieveEvent),
  row('maskCurve', maskCurveEvent),
  row('streamingHeads', streamingHeadsEvent),
  row('weightScores', weightScoresEvent),
  row('directLogits', directLogitsEvent),
  row('importance', importanceEvent),
  row('prunePlan', prunePlanEvent),
  row('pruneCurve', pruneCurveEvent),
  row('capture', captureEvent),
  row('task', progress),
  row('duo', duoEvent),
  row('duoQuality', duoQualityEvent),
  row('trainDictionaries', trainDictionariesEvent),
  row('measureDictionaries', measureDictionariesEvent),
  row('collectFeatures', collectFeaturesEvent),
  row('circuit', circuitEvent),
  row('train', trainEvent),
  row('pull', pullEvent),
  row('verify', progress),
]);
export type RunRow = Plain<z.infer<typeof runRow>>;

/**
 * `queued`: others are before it. `waiting`: another model is open. `interrupted`: the process ended while it ran; it can
 * be resumed. `cancelled` keeps what it has, and can be resumed too.
 */
const runState = z.enum(['queued', 'waiting', 'running', 'paused', 'done', 'cancelled', 'failed', 'interrupted']);
export type RunState = z.infer<typeof runState>;

/** What a list of runs shows, and what the tray shows of a job. */
export const runSummary = z.strictObject({
  id: runId,
  call: z.enum([
    'ablate',
    'ablateSets',
    'patchGrid',
    'attribute',
    'scores',
    'retrieve',
    'maskCurve',
    'streamingHeads',
    'weightScores',
    'directLogits',
    'importance',
    'prunePlan',
    'pruneCurve',
    'capture',
    'task',
    'duo',
    'duoQuality',
    'trainDictionaries',
    'measureDictionaries',
    'collectFeatures',
    'circuit',
    'train',
    'pull',
    'verify',
  ]),
  /** `Zero ablation of heads, ioi`; the user may change it. */
  title: z.string(),
  tags,
  note: z.string(),
  state: runState,
  /** Path and name of the model; null where the call has none. */
  model: z.strictObject({ path: z.string(), name: z.string() }).nullable(),
  /** Task or prompt file, and how many prompts; null where the call has none. */
  prompts: z.strictObject({ name: z.string(), n: count }).nullable(),
  created: z.string(),
  /** Wall time while running. */
  seconds: z.number(),
  rows: count,
  progress: progress.nullable(),
  /** Units of `progress` a second, and seconds left at that rate; null while unknown. */
  rate: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  error: errorRecord.nullable(),
  warnings: z.array(z.string()).readonly(),
  /** The run that this one repeats or was forked from. */
  from: runId.nullable(),
  /** How often it went on after an interruption. */
  resumed: count,
});
export type RunSummary = Plain<z.infer<typeof runSummary>>;

const machine = z.strictObject({
  cpu: z.string(),
  threads: count,
  os: z.string(),
  node: z.string(),
  headscope: z.string(),
  onnxruntime: z.string(),
});
export type Machine = Plain<z.infer<typeof machine>>;

/** run.json. */
export const runRecord = z.strictObject({
  /** Format of the file; rises by one with each change. */
  version: z.literal(1),
  summary: runSummary,
  job: jobRequest,
  /** Null until the model was opened. */
  fingerprint: z.string().nullable(),
  /** SHA-256 of the tokenizer's files; null without one. */
  tokenizer: z.string().nullable(),
  machine,
  /** Units in a batch and the like: what a resumed run must keep to give identical results. */
  plan: z.record(z.string(), z.number()).readonly(),
  /** What the call returned; null until it is done. */
  result: z.unknown(),
});
export type RunRecord = Plain<z.infer<typeof runRecord>>;

export const startRequest = z.strictObject({
  job: jobRequest,
  title: z.string().exactOptional(),
  tags: tags.exactOptional(),
  from: runId.exactOptional(),
});
export const startResult = z.strictObject({ run: runId });

export const steerRequest = z.strictObject({ run: runId, action: z.enum(['pause', 'resume', 'cancel']) });
/** The state after the action; a cancelled job ends at the next program. */
export const steerResult = z.strictObject({ state: runState });

/** The rows of a run from `from` on, those to come included; ends with the run. */
export const followRequest = z.strictObject({ run: runId, from: count.exactOptional() });
export const followEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rows'), from: count, rows: z.array(runRow).readonly() }),
  z.strictObject({ kind: z.literal('state'), summary: runSummary }),
]);
export const followResult = z.strictObject({ record: runRecord });

export const runsRequest = z.strictObject({ binned: z.boolean().exactOptional() });
export const runsResult = z.strictObject({
  /** Newest first. */
  runs: z.array(runSummary).readonly(),
  /** Folders that hold no readable run, with the reason. */
  problems: z.array(z.strictObject({ folder: z.string(), reason: z.string() })).readonly(),
});

export const runRequestOf = z.strictObject({ run: runId });
export const recordResult = z.strictObject({ record: runRecord, folder: z.string() });

export const labelRequest = z.strictObject({
  run: runId,
  title: z.string().min(1).exactOptional(),
  tags: tags.exactOptional(),
  note: z.string().max(100_000).exactOptional(),
});
export const labelResult = z.strictObject({ summary: runSummary });

/** To the project's bin, or back from it. */
export const binRequest = z.strictObject({ run: runId, restore: z.boolean().exactOptional() });
export const binResult = z.strictObject({ folder: z.string() });

const difference = z.strictObject({ path: z.string(), a: z.string(), b: z.string() });
export const compareRequest = z.strictObject({ a: runId, b: runId });
export const compareResult = z.strictObject({
  /** Of the requests, models, versions and machines. */
  settings: z.array(difference).readonly(),
  /** Rows that both have and that are equal to the last bit. */
  identical: count,
  /** Rows that both have and that differ; the first hundred are listed. */
  different: count,
  differences: z.array(difference).readonly(),
  /** Largest absolute difference between two numbers of matching rows; null where no row matches. */
  largest: z.number().nullable(),
  onlyA: count,
  onlyB: count,
  /** Why numbers may differ, in words: another machine, another version. */
  reasons: z.array(z.string()).readonly(),
});

export const exportFormat = z.enum([
  ...(['heads.json', 'csv', 'parquet', 'rows.jsonl', 'bundle.zip'] as const),
  // Other tools' forms, by their id in engine/exports.
  ...(['wu', 'locos', 'qr-head', 'qr-head-set', 'hf-heads', 'head-mask'] as const),
  ...(['duo-attention', 'razor', 'head-vis'] as const),
  // Of a bench of circuits: one method's circuit, and its node scores for the circuit track of MIB.
  ...(['circuit.json', 'mib-nodes'] as const),
]);
export const exportRequest = z.strictObject({
  run: runId,
  format: exportFormat,
  /** Id of the numbers, for a form that takes one a head, where the run has several. */
  metric: z.string().max(200).exactOptional(),
  /** How many units go, for lists of what goes or stays: those that the numbers hold least worth keeping. */
  remove: count.exactOptional(),
});
export const exportResult = z.strictObject({
  /** Proposed file name. */
  name: z.string(),
  mediaType: z.string(),
  data: z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes'),
  /** What one should know who takes the file for what it usually is, in lines. */
  notes: z.array(z.string()).readonly(),
});
