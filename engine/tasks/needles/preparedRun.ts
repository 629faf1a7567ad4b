/** One needle run as detection reads it: ids with a span that is carried from where they were built, never searched for. */

/** Positions [from, to) in the ids of a run. */
export type Span = readonly [from: number, to: number];

/** A prompt to answer, whoever made it. */
export interface PreparedRun {
  readonly id: string;
  /** Which needle: runs of one needle are a cluster. Null where nothing is known. */
  readonly needle: string | null;
  /** Tokens that were asked for; the prompt's own are `ids.length`. */
  readonly length: number | null;
  /** Percent of the haystack that stands before the needle. */
  readonly depth: number | null;
  readonly ids: readonly number[];
  /** The answer's words where they stand in the prompt. */
  readonly span: Span;
  /** Most tokens to generate. */
  readonly maxNew: number;
  /** Tokens that the model should say after `ids`; null: unknown, so that success can't be judged. */
  readonly answer: readonly number[] | null;
  readonly answerText: string | null;
}

/** A run of our own builder, which knows the parts of its prompt. */
export interface NeedleRun extends PreparedRun {
  readonly needle: string;
  readonly length: number;
  readonly depth: number;
  readonly answer: readonly number[];
  readonly answerText: string;
  /** How success is judged: by the share of the answer's words, or by F1 where a long response must not do. */
  readonly judge: 'recall' | 'f1';
  /** The whole needle sentence. */
  readonly sentence: Span;
  readonly question: Span;
  /** The same prompt with `N/A` for the question: what heads do whatever is asked. */
  readonly blank: { readonly ids: readonly number[]; readonly question: Span };
}
