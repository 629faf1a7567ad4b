/**
 * THE CONTRACT: every call once, with its request, its result and, for a streaming call, its events.
 * Types, validators, server (serve.ts) and client (connect.ts) are derived from this declaration. Imports terms only.
 */
import * as z from 'zod';
import { ablateEvent, ablateRequest, ablateResult } from './ablation.ts';
import { attributeEvent, attributeRequest, attributeResult } from './attribution.ts';
import { captureEvent, captureRequest, captureResult } from './capture.ts';
import {
  familiesResult,
  infoRequest,
  infoResult,
  openRequest,
  openResult,
  verifyRequest,
  verifyResult,
} from './models.ts';
import { generateEvent, generateRequest, generateResult, runRequest, runResult } from './prediction.ts';
import { pullEvent, pullRequest, pullResult } from './pull.ts';
import type { Plain } from './records.ts';
import { progress } from './records.ts';
import { scoresEvent, scoresRequest, scoresResult } from './scores.ts';
import { taskRequest, taskResult, tasksResult } from './taskReport.ts';
import { trainEvent, trainRequest, trainResult } from './train.ts';

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
  /** The effect of removing each unit. */
  ablate: streaming(ablateRequest, ablateEvent, ablateResult),
  /** The effect of replacing each unit, estimated from gradients. */
  attribute: streaming(attributeRequest, attributeEvent, attributeResult),
  /** Trains a model from its configuration. */
  train: streaming(trainRequest, trainEvent, trainResult),
  /** Downloads a model to the standard cache. */
  pull: streaming(pullRequest, pullEvent, pullResult),
} as const;

type Contract = typeof contract;
export type CallName = keyof Contract;
export type StreamName = { [C in CallName]: Contract[C]['streams'] extends true ? C : never }[CallName];

export type RequestOf<C extends CallName> = Plain<z.output<Contract[C]['request']>>;
export type ResultOf<C extends CallName> = Plain<z.output<Contract[C]['result']>>;
export type EventOf<C extends StreamName> = Plain<z.output<Contract[C]['event']>>;

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** A unary call is a promise; a streaming call yields its events and returns its result. */
export type Answer<C extends CallName> = C extends StreamName
  ? AsyncGenerator<EventOf<C>, ResultOf<C>, void>
  : Promise<ResultOf<C>>;

/** The service as its host implements it: the signal is always there. */
export type Service = {
  readonly [C in CallName]: (request: RequestOf<C>, options: Required<CallOptions>) => Answer<C>;
};

/** The service as its user sees it. */
export type Client = {
  readonly [C in CallName]: (request: RequestOf<C>, options?: CallOptions) => Answer<C>;
};

export function isCall(name: string): name is CallName {
  return Object.hasOwn(contract, name);
}
