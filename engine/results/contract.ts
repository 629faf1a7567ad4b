/**
 * THE CONTRACT: every call once, with its request, its result and, for a streaming call, its events.
 * Types, validators, server (serve.ts) and client (connect.ts) are derived from this declaration. Imports terms only.
 */
import * as z from 'zod';
import { ablateEvent, ablateRequest, ablateResult } from './ablation.ts';
import { ablateSetsEvent, ablateSetsRequest, ablateSetsResult } from './ablateSets.ts';
import {
  attentionMapEvent,
  attentionMapRequest,
  attentionMapResult,
  attentionRowRequest,
  attentionRowResult,
  attentionTileRequest,
  attentionTileResult,
  attentionWallEvent,
  attentionWallRequest,
  attentionWallResult,
} from './attention.ts';
import { attributeEvent, attributeRequest, attributeResult } from './attribution.ts';
import { captureEvent, captureRequest, captureResult } from './capture.ts';
import {
  circuitEffectEvent,
  circuitEffectRequest,
  circuitEffectResult,
  circuitEvent,
  circuitMethodsResult,
  circuitRequest,
  circuitResult,
} from './circuitBench.ts';
import { compositionEvent, compositionRequest, compositionResult } from './composition.ts';
import { dictionaryKindsResult } from './dictionaries.ts';
import {
  attributeFeatureRequest,
  attributeFeatureResult,
  collectFeaturesEvent,
  collectFeaturesRequest,
  collectFeaturesResult,
  editFeatureRequest,
  editFeatureResult,
  encodePromptRequest,
  encodePromptResult,
  featureRequest,
  featureResult,
} from './dictionaryFeatures.ts';
import {
  dictionariesRequest,
  dictionariesResult,
  dictionaryTableRequest,
  dictionaryTableResult,
  exportDictionaryRequest,
  exportDictionaryResult,
  importDictionaryRequest,
  importDictionaryResult,
  labelFeatureRequest,
  labelFeatureResult,
  matchDictionariesEvent,
  matchDictionariesRequest,
  matchDictionariesResult,
} from './dictionaryFiles.ts';
import { directLogitsEvent, directLogitsRequest, directLogitsResult } from './directLogits.ts';
import { duoEvent, duoQualityEvent, duoQualityRequest, duoQualityResult, duoRequest, duoResult } from './duo.ts';
import { effectEvent, effectRequest, effectResult } from './effect.ts';
import { exportFormsRequest, exportFormsResult } from './exportForms.ts';
import { headMapEvent, headMapRequest, headMapResult } from './headMap.ts';
import { importanceEvent, importanceRequest, importanceResult } from './importance.ts';
import { importScoresRequest, importScoresResult } from './importedScores.ts';
import { lensEvent, lensRequest, lensResult } from './lens.ts';
import { foldersRequest, foldersResult, libraryRequest, libraryResult } from './library.ts';
import {
  familiesResult,
  infoRequest,
  infoResult,
  openRequest,
  openResult,
  verifyRequest,
  verifyResult,
} from './models.ts';
import { maskCurveEvent, maskCurveRequest, maskCurveResult } from './maskCurve.ts';
import { onnxEvent, onnxRequest, onnxResult } from './onnx.ts';
import { parityEvent, parityRequest, parityResult } from './parity.ts';
import { patchGridEvent, patchGridRequest, patchGridResult } from './patchGrid.ts';
import { generateEvent, generateRequest, generateResult, runRequest, runResult } from './prediction.ts';
import {
  importPromptsRequest,
  importPromptsResult,
  promptsRequest,
  promptsResult,
  tokensRequest,
  tokensResult,
} from './promptSets.ts';
import { pruneEvent, pruneRequest, pruneResult } from './prune.ts';
import { pruneCurveEvent, pruneCurveRequest, pruneCurveResult } from './pruneCurve.ts';
import { pruneLegalityRequest, pruneLegalityResult } from './pruneLegality.ts';
import { prunePlanEvent, prunePlanRequest, prunePlanResult } from './prunePlan.ts';
import { pullEvent, pullRequest, pullResult } from './pull.ts';
import type { Plain } from './records.ts';
import { progress } from './records.ts';
import {
  binRequest,
  binResult,
  compareRequest,
  compareResult,
  exportRequest,
  exportResult,
  followEvent,
  followRequest,
  followResult,
  labelRequest,
  labelResult,
  recordResult,
  runRequestOf,
  runsRequest,
  runsResult,
  startRequest,
  startResult,
  steerRequest,
  steerResult,
} from './runs.ts';
import {
  needlePreviewRequest,
  needlePreviewResult,
  needlesResult,
  retrieveEvent,
  retrieveRequest,
  retrieveResult,
} from './retrieve.ts';
import { scoresEvent, scoresRequest, scoresResult } from './scores.ts';
import { streamingHeadsEvent, streamingHeadsRequest, streamingHeadsResult } from './streamingHeads.ts';
import { taskRequest, taskResult, tasksResult } from './taskReport.ts';
import { trainEvent, trainRequest, trainResult } from './train.ts';
import {
  measureDictionariesEvent,
  measureDictionariesRequest,
  measureDictionariesResult,
  trainDictionariesEvent,
  trainDictionariesRequest,
  trainDictionariesResult,
} from './trainDictionaries.ts';
import { weightScoresEvent, weightScoresRequest, weightScoresResult } from './weightScores.ts';
import {
  diagnosticsResult,
  headSetRequest,
  headSetsResult,
  statusEvent,
  statusRequest,
  statusResult,
  watchEvent,
  watchRequest,
  watchResult,
} from './workbench.ts';

const unary = <Q extends z.ZodType, R extends z.ZodType>(request: Q, result: R) =>
  ({ streams: false, request, result }) as const;

const streaming = <Q extends z.ZodType, E extends z.ZodType, R extends z.ZodType>(request: Q, event: E, result: R) =>
  ({ streams: true, request, event, result }) as const;

export const contract = {
  /** What a model is, from its headers: loads no weights. */
  info: unary(infoRequest, infoResult),
  /** The architectures that can be opened, and their sites. */
  families: unary(z.strictObject({}), familiesResult),
  /** Loads the weights; the model stays open until another path is asked for. */
  open: streaming(openRequest, progress, openResult),
  /** Reads every weight and lists what is wrong with them. */
  verify: streaming(verifyRequest, progress, verifyResult),
  /** Compares the model as it runs with a slow float64 reference, site by site. */
  parity: streaming(parityRequest, parityEvent, parityResult),
  /** Next tokens after a prompt, before and after edits. */
  run: unary(runRequest, runResult),
  /** Continues a prompt token by token. */
  generate: streaming(generateRequest, generateEvent, generateResult),
  /** Values at sites, one tensor an event. */
  capture: streaming(captureRequest, captureEvent, captureResult),
  /** The tasks there are. */
  tasks: unary(z.strictObject({}), tasksResult),
  /** Can the model do the task? */
  task: streaming(taskRequest, progress, taskResult),
  /** What every head's pattern does. */
  scores: streaming(scoresRequest, scoresEvent, scoresResult),
  /** What the weights of every head say, without a prompt. */
  weightScores: streaming(weightScoresRequest, weightScoresEvent, weightScoresResult),
  /** How much later heads read of what earlier ones write, from weights. */
  composition: streaming(compositionRequest, compositionEvent, compositionResult),
  /** The logit difference, split among everything that was added to the stream. */
  directLogits: streaming(directLogitsRequest, directLogitsEvent, directLogitsResult),
  /** Which heads are alike, and two planes of them. */
  headMap: streaming(headMapRequest, headMapEvent, headMapResult),
  /** Which heads fetch a needle's answer from a haystack. */
  retrieve: streaming(retrieveRequest, retrieveEvent, retrieveResult),
  /** Heads of a ranking masked: does the model still answer, and still predict plain text? */
  maskCurve: streaming(maskCurveRequest, maskCurveEvent, maskCurveResult),
  /** Which KV heads look far back. */
  streamingHeads: streaming(streamingHeadsRequest, streamingHeadsEvent, streamingHeadsResult),
  /** What that would run, and how long. */
  needlePreview: unary(needlePreviewRequest, needlePreviewResult),
  /** The needles that come with the program. */
  needles: unary(z.strictObject({}), needlesResult),
  /** The effect of removing each unit. */
  ablate: streaming(ablateRequest, ablateEvent, ablateResult),
  /** The effect of replacing each unit, estimated from gradients. */
  attribute: streaming(attributeRequest, attributeEvent, attributeResult),
  /** Trains DuoAttention's gates: which KV heads need what lies far back. */
  duo: streaming(duoRequest, duoEvent, duoResult),
  /** What it costs that KV heads stream. */
  duoQuality: streaming(duoQualityRequest, duoQualityEvent, duoQualityResult),
  /** Trains a model from its configuration. */
  train: streaming(trainRequest, trainEvent, trainResult),
  /** What dictionaries can be trained, and what is measured of them. */
  dictionaryKinds: unary(z.strictObject({}), dictionaryKindsResult),
  /** Trains dictionaries side by side over one pass of activations. */
  trainDictionaries: streaming(trainDictionariesRequest, trainDictionariesEvent, trainDictionariesResult),
  /** Measures dictionaries on text that they were not trained on. */
  measureDictionaries: streaming(measureDictionariesRequest, measureDictionariesEvent, measureDictionariesResult),
  /** One number a feature. */
  dictionaryTable: unary(dictionaryTableRequest, dictionaryTableResult),
  /** Features of two dictionaries, matched. */
  matchDictionaries: streaming(matchDictionariesRequest, matchDictionariesEvent, matchDictionariesResult),
  /** Reads another tool's dictionary into our own form. */
  importDictionary: unary(importDictionaryRequest, importDictionaryResult),
  /** Writes a dictionary for another tool, or as a page. */
  exportDictionary: unary(exportDictionaryRequest, exportDictionaryResult),
  /** Keeps the contexts in which features are active. */
  collectFeatures: streaming(collectFeaturesRequest, collectFeaturesEvent, collectFeaturesResult),
  /** One feature. */
  feature: unary(featureRequest, featureResult),
  /** Which features are active on a prompt. */
  encodePrompt: unary(encodePromptRequest, encodePromptResult),
  /** Why a feature is active at a position. */
  attributeFeature: unary(attributeFeatureRequest, attributeFeatureResult),
  /** An edit that changes a feature, and what comes of it. */
  editFeature: unary(editFeatureRequest, editFeatureResult),
  /** Methods that find circuits, their controls, and published circuits. */
  circuitMethods: unary(z.strictObject({}), circuitMethodsResult),
  /** Nodes ranked by several methods on the same prompts, held against references and the real model. */
  circuit: streaming(circuitRequest, circuitEvent, circuitResult),
  /** The model with everything outside a circuit replaced. */
  circuitEffect: streaming(circuitEffectRequest, circuitEffectEvent, circuitEffectResult),
  /** Downloads a model to the standard cache. */
  pull: streaming(pullRequest, pullEvent, pullResult),
  /** A prompt as the model sees it. */
  tokens: unary(tokensRequest, tokensResult),
  /** Prompts of a task or file as pairs of token rows. */
  prompts: unary(promptsRequest, promptsResult),
  /** One set of units replaced: next tokens and metric, beside random sets of the same size. */
  effect: streaming(effectRequest, effectEvent, effectResult),
  /** The effect of removing pairs, growing sets, listed sets. */
  ablateSets: streaming(ablateSetsRequest, ablateSetsEvent, ablateSetsResult),
  /** One run patched into another, cell by cell. */
  patchGrid: streaming(patchGridRequest, patchGridEvent, patchGridResult),
  /** What each unit is worth on text, by several criteria. */
  importance: streaming(importanceRequest, importanceEvent, importanceResult),
  /** Which units go, one after the other, by what the loss on text says. */
  prunePlan: streaming(prunePlanRequest, prunePlanEvent, prunePlanResult),
  /** Loss, divergence and task metric against how many units are gone. */
  pruneCurve: streaming(pruneCurveRequest, pruneCurveEvent, pruneCurveResult),
  /** Which programs can run a model without some of its heads. */
  pruneLegality: unary(pruneLegalityRequest, pruneLegalityResult),
  /** Writes a model without some of its heads. */
  prune: streaming(pruneRequest, pruneEvent, pruneResult),
  /** Writes a model, pruned or not, as one ONNX graph with a cache. */
  onnx: streaming(onnxRequest, onnxEvent, onnxResult),
  /** What every layer would predict. */
  lens: streaming(lensRequest, lensEvent, lensResult),
  /** Thumbnails of every head's attention. */
  attentionWall: streaming(attentionWallRequest, attentionWallEvent, attentionWallResult),
  /** One head's attention, pooled to a picture. */
  attentionMap: streaming(attentionMapRequest, attentionMapEvent, attentionMapResult),
  /** A window of one head's attention. */
  attentionTile: unary(attentionTileRequest, attentionTileResult),
  /** Where one token looks, or who looks at it. */
  attentionRow: unary(attentionRowRequest, attentionRowResult),
  /** What the compute process holds. Ends when cancelled. */
  status: streaming(statusRequest, statusEvent, statusResult),

  // Of the control process: what follows is never asked of a compute process.
  /** The state of the workbench, and each change. Ends when cancelled. */
  watch: streaming(watchRequest, watchEvent, watchResult),
  /** Models on this machine. */
  library: unary(libraryRequest, libraryResult),
  /** Dictionaries on this machine. */
  dictionaries: unary(dictionariesRequest, dictionariesResult),
  /** What somebody calls a feature. */
  labelFeature: unary(labelFeatureRequest, labelFeatureResult),
  /** Folders whose models are listed. */
  folders: unary(foldersRequest, foldersResult),
  /** Prompt files of other tools, read into ours. */
  importPrompts: unary(importPromptsRequest, importPromptsResult),
  /** Files of other tools about heads, read as tables beside our own. */
  importScores: unary(importScoresRequest, importScoresResult),
  /** Puts a job in the queue; it is a run on disk from then on. */
  start: unary(startRequest, startResult),
  /** Pauses, resumes or cancels a job. */
  steer: unary(steerRequest, steerResult),
  /** A run's rows, as they come. */
  follow: streaming(followRequest, followEvent, followResult),
  runs: unary(runsRequest, runsResult),
  record: unary(runRequestOf, recordResult),
  /** Title, tags and note of a run. */
  label: unary(labelRequest, labelResult),
  bin: unary(binRequest, binResult),
  compare: unary(compareRequest, compareResult),
  /** In which forms a run can be had. */
  exportForms: unary(exportFormsRequest, exportFormsResult),
  export: unary(exportRequest, exportResult),
  headSets: unary(z.strictObject({}), headSetsResult),
  headSet: unary(headSetRequest, headSetsResult),
  diagnostics: unary(z.strictObject({}), diagnosticsResult),
} as const;

type Contract = typeof contract;
export type CallName = keyof Contract;

/** Calls that the control process answers itself; it hands all others to the compute process. */
export const controlCalls = [
  'watch',
  'library',
  'dictionaries',
  'labelFeature',
  'folders',
  'importPrompts',
  'importScores',
  'start',
  'steer',
  'follow',
  'runs',
  'record',
  'label',
  'bin',
  'compare',
  'exportForms',
  'export',
  'headSets',
  'headSet',
  'diagnostics',
] as const satisfies readonly CallName[];
export type ControlCall = (typeof controlCalls)[number];
export type ComputeCall = Exclude<CallName, ControlCall>;
export type StreamName = { [C in CallName]: Contract[C]['streams'] extends true ? C : never }[CallName];

export type RequestOf<C extends CallName> = Plain<z.output<Contract[C]['request']>>;
export type ResultOf<C extends CallName> = Plain<z.output<Contract[C]['result']>>;
export type EventOf<C extends StreamName> = Plain<z.output<Contract[C]['event']>>;

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** `interactive`, the default: somebody waits for it. `job`: it waits while others are answered. */
  readonly priority?: 'interactive' | 'job';
}

/** A unary call is a promise; a streaming call yields its events and returns its result. */
export type Answer<C extends CallName> = C extends StreamName
  ? AsyncGenerator<EventOf<C>, ResultOf<C>, void>
  : Promise<ResultOf<C>>;

/** The service as its host implements it: signal and priority are always there. */
export type Service = {
  readonly [C in CallName]: (request: RequestOf<C>, options: Required<CallOptions>) => Answer<C>;
};

/** What a compute process answers. */
export type ComputeService = Pick<Service, ComputeCall>;
/** What the control process answers by itself. */
export type ControlService = Pick<Service, ControlCall>;

/** The service as its user sees it. */
export type Client = {
  readonly [C in CallName]: (request: RequestOf<C>, options?: CallOptions) => Answer<C>;
};

export function isCall(name: string): name is CallName {
  return Object.hasOwn(contract, name);
}
