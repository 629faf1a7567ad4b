/** What a task is: prompts whose answer is known, with a metric. One file per task; engine/tasks/index.ts is the list. */
import type { Random } from '../tensor/random.ts';

/** The little of a tokenizer that tasks need. */
export interface TaskTokenizer {
  /** Ids without special tokens added. */
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  /** Put before every prompt (the model's beginning-of-sequence id), or null. */
  readonly bosId: number | null;
}

export type MetricId = 'logitDifference' | 'probabilityDifference' | 'rank' | 'negativeLogLikelihood';

/** One prompt with what counts as right and wrong at its answer position. */
export interface Prompt {
  readonly ids: readonly number[];
  /** Counterfactual of the same length, or null where the row has none. */
  readonly corruptIds: readonly number[] | null;
  /** Same surface, behaviour not determined; null where the row has none. */
  readonly negativeIds: readonly number[] | null;
  readonly answers: readonly number[];
  readonly wrong: readonly number[];
  /** Position whose next-token logits are measured (the last one, unless the task scores many positions). */
  readonly answerPosition: number;
  /** Named positions: subject, indirectObject, end ... */
  readonly positions: Readonly<Record<string, number>>;
  readonly text: string | null;
}

export interface TaskPrompts {
  readonly task: string;
  readonly metric: MetricId;
  readonly prompts: readonly Prompt[];
  /** How many of the task's words the tokenizer has as one token: `names 78 of 80`. */
  readonly remaining: Readonly<Record<string, readonly [kept: number, of: number]>>;
  /** For tasks measured over a span (induction): positions to score instead of one, null otherwise. */
  readonly notes: readonly string[];
}

export interface TaskRequest {
  readonly n: number;
  readonly random: Random;
  /** Null for a model without one: only tasks that are made of ids can be generated then. */
  readonly tokenizer: TaskTokenizer | null;
  /** V: ids are below it. */
  readonly vocabulary: number;
  /** V of the logits, where it differs: answers and wrong answers are below it. */
  readonly outputVocabulary?: number;
  readonly options?: Readonly<Record<string, string | number>>;
}

/** A setting of a task, with the value it has when nothing is said. */
export type TaskOption =
  | {
      readonly kind: 'integer';
      readonly from: number;
      readonly to: number;
      readonly default: number;
      readonly about: string;
    }
  | {
      readonly kind: 'choice';
      readonly of: readonly string[];
      readonly default: string;
      readonly about: string;
    };

export interface Task {
  readonly id: string;
  readonly title: string;
  /** What the model must do, and what corrupt and negative prompts are. */
  readonly about: string;
  readonly metric: MetricId;
  /** The keys that `request.options` may have. */
  readonly options: Readonly<Record<string, TaskOption>>;
  /** Prompts of one batch have equal length. Throws Fault where the tokenizer leaves too few words. */
  generate(request: TaskRequest): TaskPrompts;
}
