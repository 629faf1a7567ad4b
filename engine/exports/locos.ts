/** The LOCOS envelope (aryopg/locos): scores of every head in every run, with what they were measured on. Imports terms and results only. */
import * as z from 'zod';
import type { Plain } from '../results/records.ts';
import { headKey, placesOf } from './headKey.ts';

const count = z.int().min(0);

/** Their names, so that their tools read it; a file may say more. */
const locosMeta = z.looseObject({
  /** `behavioral`, `logit_contribution`, `attention_spatial`, `dla`, ... */
  method: z.string(),
  dataset: z.string(),
  /** Runs that passed the gate, whose scores are in the file. */
  num_trials_passed: count,
  num_trials_total: count,
  model: z.string(),
  pooled_ans_steps: count.nullable().exactOptional(),
  /** Least ROUGE-1 recall, times 100, of a run that passes. */
  rouge_threshold: z.number().nullable().exactOptional(),
  question_type: z.string().nullable().exactOptional(),
  /** Shortest and longest prompt, in tokens. */
  context_range: z.tuple([z.number(), z.number()]).nullable().exactOptional(),
  num_lengths: count.nullable().exactOptional(),
  num_depths: count.nullable().exactOptional(),
  max_decode_steps: count.nullable().exactOptional(),
  seed: z.int().nullable().exactOptional(),
  timestamp: z.string().nullable().exactOptional(),
  tuned_lens: z.string().nullable().exactOptional(),
});
export type LocosMeta = Plain<z.infer<typeof locosMeta>>;

/** One list for each head, layer by layer; in it one number for each run, in the order of the trial ids. */
type RunLists = readonly (readonly number[])[];

export interface LocosFile {
  readonly meta: LocosMeta;
  /** Heads in each layer. */
  readonly perLayer: readonly number[];
  readonly scores: RunLists;
  /** The same runs with each needle token counted no more often than the needle has it; beside `scores`, which others read. */
  readonly capped?: RunLists;
  readonly trialIds: readonly string[];
  /** 95 %, of each head. */
  readonly intervals?: readonly (readonly [low: number, high: number])[];
}

/** A line for each head. Throws RangeError where a list is not as long as there are runs, or holds what is no number. */
export function writeLocos({ meta, perLayer, scores, capped, trialIds, intervals }: LocosFile): string {
  const heads = placesOf(perLayer).map(headKey);
  const fields = [
    `  "meta": ${JSON.stringify(meta)}`,
    `  "scores": ${byHead(heads, checked(scores, trialIds.length))}`,
    ...(capped === undefined ? [] : [`  "capped": ${byHead(heads, checked(capped, trialIds.length))}`]),
    `  "trial_ids": ${JSON.stringify(trialIds)}`,
    ...(intervals === undefined ? [] : [`  "confidence_intervals": ${byHead(heads, checked(intervals, 2))}`]),
  ];
  return `{\n${fields.join(',\n')}\n}\n`;
}

function byHead(heads: readonly string[], lists: RunLists): string {
  if (lists.length !== heads.length) throw new RangeError(`locos: ${lists.length} lists of ${heads.length} heads`);
  const lines = heads.map((head, i) => `    ${JSON.stringify(head)}: ${JSON.stringify(lists[i])}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n  }`;
}

function checked(lists: RunLists, length: number): RunLists {
  const wrong = lists.find((list) => list.length !== length || !list.every(Number.isFinite));
  if (wrong === undefined) return lists;
  throw new RangeError(`locos: expected ${length} finite numbers in each list, got ${wrong.slice(0, 8).join(', ')}`);
}
