/** The logit lens as it comes, layer by layer, and what colours its cells. */
import type { EventOf } from '../../../engine/results/contract.ts';

type LayerEvent = Extract<EventOf<'lens'>, { kind: 'layer' }>;

/** `top`: the probability of the most likely token; `target`, `rank`: of a chosen token. */
export type LensColour = 'top' | 'target' | 'rank';

export interface LensTable {
  /** Those that have come, as they come: -1 is the embedding. */
  readonly layers: readonly LayerEvent[];
}

export const emptyLens: LensTable = { layers: [] };

export function foldLens(table: LensTable, event: EventOf<'lens'>): LensTable {
  return event.kind === 'layer' ? { layers: [...table.layers, event] } : table;
}

export interface LensCells {
  /** [rows * columns] the most likely token of each cell. */
  readonly texts: readonly string[];
  /** [rows * columns] from 0 to 1; NaN is not there yet. */
  readonly values: Float32Array;
}

/** Rows are layers from the last to the embedding: the prediction is made on top. */
export function lensCells(
  { layers }: LensTable,
  rows: readonly number[],
  columns: number,
  colour: LensColour,
  vocabulary: number,
): LensCells {
  const found = new Map(layers.map((layer) => [layer.layer, layer]));
  const texts: string[] = [];
  const values = new Float32Array(rows.length * columns).fill(NaN);
  for (const [row, layer] of rows.entries()) {
    const event = found.get(layer);
    for (let column = 0; column < columns; column++) {
      texts.push(event === undefined ? '' : topText(event, column));
      if (event !== undefined) values[row * columns + column] = valueOf(event, column, colour, vocabulary);
    }
  }
  return { texts, values };
}

function topText({ ids, texts, top }: LayerEvent, column: number): string {
  return texts[`${ids[column * top]}`] ?? '';
}

/** A rank r of V is coloured by 1 - log r / log V: first is 1, last is 0. */
function valueOf(event: LayerEvent, column: number, colour: LensColour, vocabulary: number): number {
  switch (colour) {
    case 'top':
      return event.probabilities[column * event.top] ?? NaN;
    case 'target':
      return event.targetProbabilities[column] ?? NaN;
    case 'rank':
      return 1 - Math.log(event.targetRanks[column] ?? NaN) / Math.log(vocabulary);
  }
}

export interface LensReading {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
}

/** The most likely tokens of one cell, most likely first. */
export function readingsAt(event: LayerEvent, column: number): readonly LensReading[] {
  return Array.from({ length: event.top }, (_, i) => {
    const id = event.ids[column * event.top + i] ?? 0;
    return {
      id,
      text: event.texts[`${id}`] ?? `#${id}`,
      probability: event.probabilities[column * event.top + i] ?? NaN,
    };
  });
}

/** Positions that a grid of so many columns shows of a prompt: the last ones up to `end`, or as far as it was moved. */
export function lensWindow(length: number, columns: number, from: number | null, end: number): readonly number[] {
  const count = Math.max(1, Math.min(columns, length));
  const start = Math.max(0, Math.min(from ?? end + 1 - count, length - count));
  return Array.from({ length: count }, (_, i) => start + i);
}
