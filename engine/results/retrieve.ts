/** The retrieval laboratory: which heads fetch a needle's answer from a haystack. Imports terms only. */
import * as z from 'zod';
import { measuredHeader } from './measured.ts';
import type { Plain } from './records.ts';
import { onModel, progress, promptFile, summary, tokenIds } from './records.ts';

const count = z.int().min(0);
const numbers = z.array(z.number()).readonly();
const span = z.tuple([count, count]).readonly();

const needle = z.strictObject({
  id: z.string().min(1).max(100),
  kind: z.enum(['copy', 'reasoning']),
  /** With `[answer]` where the answer's words stand. */
  sentence: z.string().max(10_000),
  question: z.string().max(10_000),
  answer: z.string().min(1).max(1000),
});
export type NeedleText = Plain<z.infer<typeof needle>>;

/** Lengths (tokens of a whole prompt) by depths (percent of the haystack before the needle). */
const needleGrid = z.strictObject({
  lengths: z.array(z.int().min(1)).min(1).max(1000).readonly(),
  depths: z.array(z.number().min(0).max(100)).min(1).max(1000).readonly(),
});

const needleSource = z.strictObject({
  kind: z.literal('grid'),
  grids: z.array(needleGrid).min(1).max(100).readonly(),
  /** Ids of the built-in ones, or texts; all built-in ones that are copied where omitted. */
  needles: z
    .array(z.union([z.string(), needle]))
    .min(1)
    .max(1000)
    .readonly()
    .exactOptional(),
  haystack: z.discriminatedUnion('kind', [
    /** Stories of the program's own. */
    z.strictObject({ kind: z.literal('stories') }),
    z.strictObject({
      kind: z.literal('texts'),
      /** Folder or file, for people. */
      name: z.string(),
      texts: z.array(promptFile).min(1).readonly(),
    }),
  ]),
  template: z.enum(['plain', 'chat']),
  /** `steps`: the model reasons first. */
  prompt: z.enum(['answer', 'steps']),
  maxNew: z.int().min(1).max(100_000).exactOptional(),
});

/** Runs of the needle builder, or rows `{ids, span: [from, to), maxNew, answer?}` of one's own. */
const runSource = z.discriminatedUnion('kind', [
  needleSource,
  z.strictObject({ kind: z.literal('file'), file: promptFile }),
]);
export type RunSource = Plain<z.infer<typeof runSource>>;

const mode = z.enum(['generate', 'forced']);

const copied = z.tuple([count, count, count, count]).readonly();

const retrievedRun = z.strictObject({
  kind: z.literal('run'),
  /** In `header.runs`. */
  index: count,
  mode,
  /** Is it in the means? */
  counts: z.boolean(),
  /** Null where there is no answer to compare with. */
  success: z.boolean().nullable(),
  /** Why it counts or does not. */
  reason: z.string(),
  /** ROUGE-1 recall of the answer's words, and F1; null without an answer. */
  rouge: z.number().nullable(),
  f1: z.number().nullable(),
  response: z.string().nullable(),
  /** The end token, where there was one, is the last. */
  generated: tokenIds,
  /** Text of each token in `generated` (of the answer's, in `forced` mode); null without a tokenizer. */
  pieces: z.array(z.string()).readonly().nullable(),
  /** Of the answer's tokens, natural log; null in `generate` mode. */
  logProbabilities: numbers.nullable(),
  /** Was it the model's first choice? */
  correct: z.array(z.boolean()).readonly().nullable(),
  seconds: z.number(),
  /** Each head's share of the span's tokens that it copied, [layers * heads]; above 1 where it copied one more often. */
  legacy: numbers,
  /** Each token counted no more often than it stands in the span. */
  capped: numbers,
  /** What was copied: layer, head, step, position of the key. */
  copies: z.array(copied).readonly(),
  /** Steps that produced the answer, which `scores` are read at; null where the generation does not have it. */
  answerSteps: count.nullable().exactOptional(),
  /** By score id, [layers * heads]; null where the run has nothing that the score reads. */
  scores: z.record(z.string(), numbers.nullable()).readonly(),
});
export type RetrievedRun = Plain<z.infer<typeof retrievedRun>>;

export const retrieveRequest = z.strictObject({
  ...onModel,
  runs: runSource,
  mode,
  /** Ids of scores beside the copy counts; none where omitted. */
  scores: z.array(z.string()).readonly().exactOptional(),
  /** Runs end when the ten best heads are the same in nine of ten resamples. */
  settle: z.boolean().exactOptional(),
  /** Of the haystacks, the order of runs and the bootstrap. */
  seed: z.int(),
  /** Rows of a run that goes on, from its first. */
  known: z.array(retrievedRun).readonly().exactOptional(),
});

const scoreUnit = z.enum(['share', 'logits', 'accuracy']);
export type ScoreUnit = z.infer<typeof scoreUnit>;

const retrievalScore = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** Number of its rule in engine/scores/retrieval/SPEC.md. */
  rule: z.string(),
  about: z.string(),
  formula: z.string(),
  source: z.string(),
  unit: scoreUnit,
  range: z.tuple([z.number().nullable(), z.number().nullable()]).readonly(),
});

const plannedRun = z.strictObject({
  id: z.string(),
  needle: z.string().nullable(),
  length: count.nullable(),
  depth: z.number().nullable(),
  tokens: count,
  span,
  maxNew: count,
  answer: z.string().nullable(),
});
export type PlannedRun = Plain<z.infer<typeof plannedRun>>;

/** A cell of the grid, or a prepared row (whose place is not known), without a run, and why. */
const leftRun = z.strictObject({
  needle: z.string(),
  length: count.nullable(),
  depth: z.number().nullable(),
  reason: z.string(),
});

const common = z.strictObject(measuredHeader).omit({ metricId: true, options: true, remaining: true });
const retrieveHeader = common.extend({
  mode,
  template: z.enum(['plain', 'chat']).nullable(),
  prompt: z.enum(['answer', 'steps']).nullable(),
  needles: z.array(needle).readonly(),
  grids: z.array(needleGrid).readonly(),
  scores: z.array(retrievalScore).readonly(),
  /** ROUGE-1 recall (F1 for reasoning needles) above which a generated run counts. */
  passMark: z.number(),
  /** Ids that end a generation. */
  endIds: tokenIds,
  settle: z.boolean(),
  runs: z.array(plannedRun).readonly(),
  left: z.array(leftRun).readonly(),
});
export type RetrieveHeader = Plain<z.infer<typeof retrieveHeader>>;

const headStatistics = summary.extend({
  /** Share of runs with a score above 0. */
  active: z.number(),
});
export type HeadStatistics = Plain<z.infer<typeof headStatistics>>;

const stability = z.strictObject({
  kind: z.literal('stability'),
  /** Runs that count so far. */
  runs: count,
  /** How many heads are the top: ten, or as many as have a score. */
  top: count,
  /** Share of the top that a resample of the needles has too, on the mean. */
  overlap: z.number(),
});
export type RankStability = Plain<z.infer<typeof stability>>;

export const retrieveEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: retrieveHeader }),
  retrievedRun,
  stability,
]);

const retrievedHead = z.strictObject({
  layer: count,
  head: count,
  legacy: headStatistics,
  capped: headStatistics,
  /** By score id, over the runs that it was read on. */
  scores: z.record(z.string(), headStatistics).readonly(),
});
export type RetrievedHead = Plain<z.infer<typeof retrievedHead>>;

export const retrieveResult = z.strictObject({
  seconds: z.number(),
  warnings: z.array(z.string()).readonly(),
  /** What the means are over; `forced` in `generate` mode too where no run passed. */
  mode,
  runs: count,
  passed: count,
  total: count,
  /** Needles among the runs that count, which errors are clustered by. */
  needles: count,
  /** Layer by layer; empty where nothing was read. */
  heads: z.array(retrievedHead).readonly(),
  /** Shares of heads by their mean legacy count. */
  zero: z.number(),
  atLeastTenth: z.number(),
  stability: z.strictObject({ top: count, overlap: z.number() }).nullable(),
  /** Did runs end because the ten best heads had settled? */
  settled: z.boolean(),
});
export type RetrieveResult = Plain<z.infer<typeof retrieveResult>>;

export const needlePreviewRequest = z.strictObject({
  ...onModel,
  runs: runSource,
  mode,
  seed: z.int(),
  /** Which run's text is shown. */
  shown: count,
  /** Measures how long all runs would take, which takes a moment itself. */
  estimate: z.boolean(),
});

/** What a stretch of the text is. */
const previewPart = z.strictObject({
  text: z.string(),
  part: z.enum(['text', 'needle', 'answer', 'question']),
});

export const needlePreviewResult = z.strictObject({
  runs: z.array(plannedRun).readonly(),
  left: z.array(leftRun).readonly(),
  /** Of the shown run: positions in rows and spans are in these. */
  ids: tokenIds,
  /** The shown run's prompt with its needle marked; null for a model without a tokenizer. */
  shown: z.array(previewPart).readonly().nullable(),
  /** Of all runs, measured on a short one; null where it was not asked for. */
  seconds: z.number().nullable(),
});
export type NeedlePreview = Plain<z.infer<typeof needlePreviewResult>>;

/** The needles that come with the program. */
export const needlesResult = z.strictObject({ needles: z.array(needle).readonly() });
