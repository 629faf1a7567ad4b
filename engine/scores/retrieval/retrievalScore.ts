/** What a retrieval score is: a number that says how a head fetches an answer from its place in the prompt. SPEC.md states each. */
import type { ScoreUnit } from '../../results/retrieve.ts';
import type { NeedleRun, PreparedRun, Span } from '../../tasks/needles/index.ts';
import type { AnswerRow } from './answerRow.ts';

/** A run as it is read: the builder's own say more than prepared ones. */
export type TargetRun = PreparedRun & Partial<Pick<NeedleRun, 'judge' | 'sentence' | 'question' | 'blank'>>;

interface Described {
  readonly id: string;
  readonly title: string;
  /** Number of its rule in SPEC.md. */
  readonly rule: `R${number}`;
  /** One line, for people. */
  readonly about: string;
  /** With A the pattern of one head, t an answer step, I the needle's positions. */
  readonly formula: string;
  readonly source: string;
  readonly unit: ScoreUnit;
  /** Lowest and highest possible value; null where no number bounds it. */
  readonly range: readonly [low: number | null, high: number | null];
}

/** `raw`: the row u of the unembedding. `folded`: with the final norm's gain (and mean) and the factor of the logits in it. */
export type WriteForm = 'raw' | 'folded';

/** Read from the rows that produce the answer's tokens, every row of every layer once. */
export interface RowScore extends Described {
  readonly reads: 'answer';
  /** The form of the unembedding by which it reads what heads write; null where it reads attention alone. */
  readonly writes: WriteForm | null;
  start(scene: RowScene): RowReader;
}

/** Read from the question's own rows, without an answer. */
export interface QuestionScore extends Described {
  readonly reads: 'question';
}

/** Measured on prompts of a task, once for all runs. */
export interface TaskScore extends Described {
  readonly reads: 'task';
}

export type RetrievalScore = RowScore | QuestionScore | TaskScore;

export interface RowScene {
  readonly layers: number;
  readonly heads: number;
  /** Answer steps that will be read. */
  readonly steps: number;
  /** Positions of the whole needle where they are known, else of the answer's words. */
  readonly needle: Span;
}

export interface RowReader {
  read(row: AnswerRow): void;
  /** [L N]; divisors: what the final norm divides the stream by at each step, 1 without a norm. */
  values(divisors: readonly number[]): Float64Array;
}
