/**
 * Behaviour scores of every head: where it looks and how much it writes, not whether that matters (engine/scores/ablation.ts
 * asks that). SPEC.md states the scores. Patterns are reduced inside the programs that make them, a chunk of one layer at a
 * time (engine/run/readouts.ts); what is kept is one number per score, head and prompt.
 */
import type { Model } from '../run/index.ts';
import type { QuerySpan, ReadoutEvent } from '../run/readouts.ts';
import { readouts } from '../run/readouts.ts';
import { axisSize } from '../tensor/tensor.ts';
import { Fault } from '../terms/fault.ts';
import type { Summary } from '../terms/summary.ts';
import type { CopyingSummary } from './copying.ts';
import { Copying } from './copying.ts';
import type { Copy, HeadScore, ScorePrompt } from './headScore.ts';
import { scores as all } from './index.ts';
import { OverlapBatch } from './overlapBatch.ts';
import { ReadBatch } from './readBatch.ts';
import type { Place, ScoreBatch } from './scoreBatch.ts';
import { Tally } from './tally.ts';
import { uniformLevel } from './uniformLevel.ts';

export interface HeadScoresRequest {
  readonly prompts: readonly ScorePrompt[];
  /** All where omitted; those that no prompt has a query for are then left out, and said to be. */
  readonly scores?: readonly HeadScore[];
  /** Of the bootstrap. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** A score, and what it was read on. */
export interface ReadScore {
  readonly score: HeadScore;
  /** Prompts with a query that counts. */
  readonly prompts: number;
  /** Queries that count, in all of them. */
  readonly queries: number;
  /** What a head that attends to all visible keys alike would have (no window): the level to compare with. Null for writes. */
  readonly uniform: number | null;
}

export type HeadScoresEvent =
  | {
      readonly kind: 'start';
      readonly scores: readonly ReadScore[];
      /** Scores that no prompt has a query for. */
      readonly left: readonly HeadScore[];
    }
  | {
      readonly kind: 'head';
      readonly layer: number;
      readonly head: number;
      /** By id; over prompts. */
      readonly values: Readonly<Record<string, Summary>>;
    }
  /** Does the model copy? */
  | ({ readonly kind: 'copying' } & CopyingSummary)
  /** Layers of batches. */
  | { readonly kind: 'progress'; readonly done: number; readonly total: number };

/**
 * `start`, then the heads in order, then `copying` where a score predicts. Throws Fault for no prompts, and for a score that
 * was asked for and that no prompt has a query for.
 */
export async function* headScores(model: Model, request: HeadScoresRequest): AsyncGenerator<HeadScoresEvent> {
  const { prompts, seed, signal } = request;
  const { read, left } = chosenScores(request, model.family.causal);
  yield { kind: 'start', scores: read, left };
  const chosen = read.map(({ score }) => score);
  const { shape } = model.family;
  const tally = new Tally(chosen, prompts, shape);
  const copying = chosen.some(({ predicts }) => predicts) ? new Copying(seed) : null;
  const batches = batchesOf(prompts, chosen, model, seed);
  let done = 0;
  for (const { from, batch } of batches) {
    const add = ({ row, ...place }: Place, part: number) => tally.add(place, from + row, part);
    const { ids, readout, logitsAt } = batch;
    const asked = { ids, readout, logitsAt, feeds: (chunk: QuerySpan) => batch.feeds(chunk) };
    const events = readouts(model, { ...asked, ...(signal === undefined ? {} : { signal }) });
    for (;;) {
      const step = await model.exclusive(() => events.next());
      if (step.done === true) break;
      const event = step.value;
      if (event.kind === 'read') batch.read(event, add);
      if (event.kind === 'logits') takeCopies(copying, event, batch.copiesOf(event.row));
      if (event.kind !== 'layer') continue;
      batch.finish(event.layer, add);
      if (batch === batches.at(-1)?.batch) yield* headsOf(tally, event.layer, shape.heads, seed);
      yield { kind: 'progress', done: ++done, total: batches.length * shape.layers };
    }
  }
  const copied = copying?.summary() ?? null;
  if (copied !== null) yield { kind: 'copying', ...copied };
}

/** `copies`: all of the row. */
function takeCopies(
  copying: Copying | null,
  { from, logits }: Extract<ReadoutEvent, { kind: 'logits' }>,
  copies: readonly Copy[],
): void {
  const to = from + axisSize(logits, 'P');
  copying?.take(logits, copies.slice(from, to), to === copies.length);
}

function* headsOf(tally: Tally, layer: number, heads: number, seed: number): Generator<HeadScoresEvent> {
  for (let head = 0; head < heads; head++) yield { kind: 'head', layer, head, values: tally.head(layer, head, seed) };
}

/** Means by score id, layer and head: what a training log keeps of a checkpoint. Throws as `headScores` does. */
export async function headScoreTable(model: Model, request: HeadScoresRequest): Promise<HeadScoreTable> {
  const table: Record<string, number[][]> = {};
  for await (const event of headScores(model, request)) {
    if (event.kind !== 'head') continue;
    for (const [id, { mean }] of Object.entries(event.values)) {
      const rows = (table[id] ??= []);
      (rows[event.layer] ??= [])[event.head] = mean;
    }
  }
  return table;
}

/** `table[score][layer][head]` */
export type HeadScoreTable = Readonly<Record<string, readonly (readonly number[])[]>>;

function chosenScores(
  { prompts, scores }: HeadScoresRequest,
  causal: boolean,
): { read: readonly ReadScore[]; left: readonly HeadScore[] } {
  if (prompts.length === 0) throw new Fault({ what: 'no prompts to read scores on', expected: 'at least one' });
  const counted = [...new Set(scores ?? all)].map((score) => countQueries(score, prompts, causal));
  const [missing] = counted.filter(({ queries }) => queries === 0);
  const read = counted.filter(({ queries }) => queries > 0);
  if (missing !== undefined && (scores !== undefined || read.length === 0)) {
    const { id, counts } = missing.score;
    throw new Fault({ what: 'no query counts', where: `score ${id}`, expected: counts, got: 'none in the prompts' });
  }
  return { read, left: counted.filter(({ queries }) => queries === 0).map(({ score }) => score) };
}

/** uniform: mean over prompts of what each has */
function countQueries(score: HeadScore, prompts: readonly ScorePrompt[], causal: boolean): ReadScore {
  let [counting, queries] = [0, 0];
  let uniform: number | null = 0;
  for (const prompt of prompts) {
    const { length } = score.select(prompt);
    if (length === 0) continue;
    counting++;
    queries += length;
    const level = uniformLevel(score, prompt, causal);
    uniform = level === null || uniform === null ? null : uniform + (level - uniform) / counting;
  }
  return { score, prompts: counting, queries, uniform };
}

interface Part {
  /** Index of the first prompt. */
  readonly from: number;
  readonly batch: ScoreBatch;
}

/** First what is read on the prompts as they are, then what is read on them and their tokens in another order. */
function batchesOf(
  prompts: readonly ScorePrompt[],
  scores: readonly HeadScore[],
  { family }: Model,
  seed: number,
): readonly Part[] {
  const { causal, shape } = family;
  const plain = scores.filter(({ reading }) => reading !== 'overlap');
  const predicts = scores.some((score) => score.predicts);
  const own = plain.length === 0 ? [] : slicesOf(prompts, TOKENS_PER_BATCH);
  const beside = scores.flatMap((score, i) => (score.reading === 'overlap' ? [{ score, i }] : []));
  return [
    ...own.map(({ from, rows }) => ({
      from,
      batch: new ReadBatch({ rows, scores, predicts, heads: shape.heads, causal }),
    })),
    ...beside.flatMap(({ score, i }) =>
      slicesOf(prompts, TOKENS_PER_BATCH / 2).map(({ from, rows }) => ({
        from,
        batch: new OverlapBatch(rows, score, i, seed),
      })),
    ),
  ];
}

/** A block's weights are then read once for enough rows, and two prompts of 512 tokens are one chunk (engine/run/readouts.ts). */
const TOKENS_PER_BATCH = 1024;

/** Prompts in order, as many at a time as stay small when padded to the longest. */
function slicesOf(
  prompts: readonly ScorePrompt[],
  tokens: number,
): { readonly from: number; readonly rows: readonly ScorePrompt[] }[] {
  const slices = [];
  let [from, longest] = [0, 0];
  for (const [i, { ids }] of prompts.entries()) {
    longest = Math.max(longest, ids.length);
    if (i > from && (i - from + 1) * longest > tokens) {
      slices.push({ from, rows: prompts.slice(from, i) });
      [from, longest] = [i, ids.length];
    }
  }
  return [...slices, { from, rows: prompts.slice(from) }];
}
