/** What a head score is: a number that says what a head does on given prompts. SPEC.md states each; index.ts is the list. */
import type { ScoreUnit } from '../results/scores.ts';

/** A prompt to read heads on, its tokens known to the end (teacher-forced). */
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

/** A query that counts: its position in `ids`. */
export interface Counted {
  readonly query: number;
}

/** A query that counts, and the keys that the score looks for: at least one, positions in `ids`. */
export interface Reading extends Counted {
  readonly keys: ArrayLike<number>;
}

interface Described {
  readonly id: string;
  readonly title: string;
  /** Number of its rule in SPEC.md. */
  readonly rule: `S${number}`;
  /** One line, for people. */
  readonly about: string;
  /** With A the pattern [P K] of one head, q a query that counts, K(q) its keys. */
  readonly formula: string;
  readonly source: string;
  readonly unit: ScoreUnit;
  /** Lowest and highest possible value; null where no number bounds it on all prompts. */
  readonly range: readonly [low: number, high: number | null];
  /** Which queries count: what a prompt must have for the score to be read on it. */
  readonly counts: string;
  /** Its queries predict a token that is to be copied, so whether the model does copy belongs to it. */
  readonly predicts: boolean;
  /** In the order of the queries. */
  select(prompt: ScorePrompt): readonly Counted[];
}

/** Asks how much attention lies where the tokens say that it should. */
export interface KeyScore extends Described {
  /** `mass`: weight on the keys. `top`: 1 where the key with the largest weight is among them, ties shared. */
  readonly reading: 'mass' | 'top';
  select(prompt: ScorePrompt): readonly Reading[];
}

/** Asks for a mean over where attention lies: sum over k of A[q, k] weight(q, k). */
export interface WeightedScore extends Described {
  readonly reading: 'weighted';
  weight(query: number, key: number): number;
}

/** Asks how the attention of a query is spread, whatever the tokens are. */
export interface RowScore extends Described {
  /** `entropy`: -sum over k of A[q, k] ln A[q, k]. `largest`: max over k of A[q, k]. */
  readonly reading: 'entropy' | 'largest';
  /** From that value of a row in which `keys` keys are visible. */
  ofRow(value: number, keys: number): number;
}

/** The queries of one band of neighbouring positions that count, taken together. */
export interface Band {
  /** By key, sum over the band's queries q of A[q, k]. */
  readonly masses: ArrayLike<number>;
  /** Keys that the band's last query sees. */
  readonly keys: number;
}

/** Asks how the attention of neighbouring queries is spread; a band counts as often as it has queries. */
export interface BandScore extends Described {
  readonly reading: 'bands';
  ofBand(band: Band): number;
}

/** All queries that count, taken together. */
export interface Columns {
  /** By key, sum over q of A[q, k]. */
  readonly masses: ArrayLike<number>;
  /** How many of these queries see a key (a sliding window is not taken into account). */
  seenBy(key: number): number;
}

/** Asks which keys are attended to by many queries. */
export interface ColumnScore extends Described {
  readonly reading: 'columns';
  ofColumns(columns: Columns): number;
}

/** Asks how much of each row stays where it is when the prompt's tokens stand in another order (SPEC.md S19). */
export interface OverlapScore extends Described {
  readonly reading: 'overlap';
}

/** What a head adds to the residual stream at one position, and what it adds it to: two vectors [D]. */
export interface Write {
  /** ||z W_O||, without the output bias. */
  readonly write: number;
  /** ||residPre|| */
  readonly stream: number;
  /** z W_O . residPre */
  readonly product: number;
}

/** Asks how much a head writes. */
export interface WriteScore extends Described {
  readonly reading: 'write';
  ofWrite(write: Write): number;
}

export type HeadScore = KeyScore | WeightedScore | RowScore | BandScore | ColumnScore | OverlapScore | WriteScore;
