/** What a head score is: a number in [0, 1] read from attention patterns. SPEC.md states each; index.ts is the list. */

/** A prompt to read patterns on, its tokens known to the end (teacher-forced). */
export interface ScorePrompt {
  readonly ids: readonly number[];
  /** Occurrences of this id are no repeats and are never copied; null where the model has none. */
  readonly bosId: number | null;
  /** Where tokens are to be copied; null: where the tokens themselves say so (SPEC.md S6). */
  readonly copies: readonly Copy[] | null;
}

/** The token after position `query` is one of these, each of which stands at an earlier position. */
export interface Copy {
  readonly query: number;
  readonly tokens: readonly number[];
}

/** A query that counts, and the keys that the score looks for: at least one, positions in `ids`. */
export interface Reading {
  readonly query: number;
  readonly keys: ArrayLike<number>;
}

export interface HeadScore {
  readonly id: string;
  readonly title: string;
  /** Number of its rule in SPEC.md. */
  readonly rule: `S${number}`;
  /** One line, for people. */
  readonly about: string;
  /** With A the pattern [P K] of one head, q a query that counts, K(q) its keys. */
  readonly formula: string;
  readonly source: string;
  readonly range: readonly [low: 0, high: 1];
  /** Which queries count: what a prompt must have for the score to be read on it. */
  readonly counts: string;
  /** `mass`: weight on the keys. `top`: 1 where the key with the largest weight is among them, ties shared. */
  readonly reading: 'mass' | 'top';
  /** Its queries predict a token that is to be copied, so whether the model does copy belongs to it. */
  readonly predicts: boolean;
  /** In the order of the queries. */
  select(prompt: ScorePrompt): readonly Reading[];
}
