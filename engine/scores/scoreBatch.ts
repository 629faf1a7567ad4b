/** Prompts that go through the model together, and what is read of them. */
import type { Feeds } from '../run/ort.ts';
import type { Readout } from '../run/readout.ts';
import type { QuerySpan, ReadoutEvent } from '../run/readouts.ts';
import type { Copy } from './headScore.ts';

/** Which value: `score` is the place in the list of scores, `row` the one in the batch. */
export interface Place {
  readonly score: number;
  readonly layer: number;
  readonly head: number;
  readonly row: number;
}

/** Takes a part of the mean over the queries of a row. */
export type Add = (place: Place, part: number) => void;

export interface ScoreBatch {
  readonly ids: readonly (readonly number[])[];
  readonly readout: Readout;
  feeds(chunk: QuerySpan): Feeds;
  /** By row, the positions whose next token is to be copied. */
  readonly logitsAt: readonly (readonly number[])[];
  /** In the order of `logitsAt`. */
  copiesOf(row: number): readonly Copy[];
  /** A chunk of a layer. */
  read(event: Extract<ReadoutEvent, { kind: 'read' }>, add: Add): void;
  /** The end of a layer. */
  finish(layer: number, add: Add): void;
}
