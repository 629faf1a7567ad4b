/** Calls about tasks: which there are, and whether a model can do one. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';
import { metricId, modelIdentity, onModel, summary } from './records.ts';

/** A setting of a task, with the value that it has when nothing is said. */
const taskOption = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('integer'),
    from: z.int(),
    to: z.int(),
    default: z.int(),
    about: z.string(),
  }),
  z.strictObject({
    kind: z.literal('choice'),
    of: z.array(z.string()).readonly(),
    default: z.string(),
    about: z.string(),
  }),
]);

const taskInfo = z.strictObject({
  id: z.string(),
  title: z.string(),
  about: z.string(),
  metric: metricId,
  options: z.record(z.string(), taskOption).readonly(),
});
export const tasksResult = z.strictObject({ tasks: z.array(taskInfo).readonly() });

export const taskOptions = z.record(z.string(), z.union([z.string(), z.number()])).readonly();

/** Which prompts of a task: the same n, seed and options give the same prompts. */
export const taskChoice = {
  task: z.string(),
  n: z.int().min(1).max(100_000),
  seed: z.int(),
  options: taskOptions.exactOptional(),
};

export const taskRequest = z.strictObject({
  ...onModel,
  ...taskChoice,
  /** How many prompts to show. */
  show: z.int().min(0).exactOptional(),
});

const shownPrompt = z.strictObject({
  text: z.string(),
  answers: z.array(z.string()).readonly(),
  wrong: z.array(z.string()).readonly(),
  /** The model's most likely token, and the metric on this prompt. */
  predicted: z.string(),
  metric: z.number(),
});

/** Mean metric and accuracy over the clean prompts, and what follows from them. */
export const baseline = z.strictObject({
  metricId,
  direction: z.enum(['higher', 'lower']),
  metric: summary,
  /** Share of prompts where the best answer beats every wrong answer; each prompt is 0 or 1. */
  accuracy: summary,
  /** The metric's interval lies on the good side of chance. */
  doesTask: z.boolean(),
});
export type Baseline = Plain<z.infer<typeof baseline>>;

export const taskResult = z.strictObject({
  model: modelIdentity,
  task: taskInfo,
  baseline,
  /** Words of the task that the tokenizer has as one token. */
  remaining: z.array(z.strictObject({ words: z.string(), kept: z.int(), of: z.int() })).readonly(),
  notes: z.array(z.string()).readonly(),
  shown: z.array(shownPrompt).readonly(),
});
