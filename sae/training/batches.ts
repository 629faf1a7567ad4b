/** Where batches come from: a function of the step alone, so that a run that goes on sees what it would have seen. */
import { EpochOrder } from '../pursuit/epochOrder.ts';
import type { Rows } from '../rows.ts';
import { rowsAt } from '../rows.ts';

export interface BatchSource {
  /** Width of its rows; a dictionary reads neighbouring columns of them. */
  readonly width: number;
  /** Rows of a batch. */
  readonly rows: number;
  /** [rows width] of step t, counted from 0: always the same for the same t. */
  batch(step: number): Promise<Float32Array>;
  /** At most `count` rows to start weights from; always the same. */
  sample(count: number): Promise<Rows>;
}

/** Batches of rows in memory: all of them in every epoch, in an order that seed and epoch give. */
export function rowsInMemory(all: Rows, rows: number, seed: number): BatchSource {
  const order = new EpochOrder(all.data.length / all.width, rows, seed);
  return {
    width: all.width,
    rows,
    batch: (step) => Promise.resolve(rowsAt(all, order.rowsOf(step)).data),
    sample: (count) => {
      const first = Math.ceil(Math.min(count, all.data.length / all.width) / rows);
      const numbers = Array.from({ length: first }, (_, step) => [...order.rowsOf(step)]).flat();
      return Promise.resolve(rowsAt(all, numbers.slice(0, count)));
    },
  };
}

/** Neighbouring columns [from, from + width) of rows. */
export function columnsOf({ width, data }: Rows, from: number, columns: number): Rows {
  if (from === 0 && columns === width) return { width, data };
  if (from < 0 || from + columns > width)
    throw new RangeError(`columns: expected ${from} to ${from + columns} within rows of ${width}`);
  const cut = new Float32Array((data.length / width) * columns);
  for (let row = 0; row * width < data.length; row++)
    cut.set(data.subarray(row * width + from, row * width + from + columns), row * columns);
  return { width: columns, data: cut };
}
