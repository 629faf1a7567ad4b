/** Where pools of rows are kept that don't fit in memory. */
import type { Rows } from '../rows.ts';

/** Rows on disk. */
export interface StoredPool {
  /** Bytes of the rows. */
  readonly bytes: number;
  all(): Promise<Rows>;
  /** [n width] the rows with these numbers, one after another. */
  rowsAt(numbers: ArrayLike<number>): Promise<Float32Array>;
}

/** Some rows of a pool, asked for once, when their turn comes. */
export interface RowsToStore {
  readonly rows: number;
  /** [rows width] */
  read(): Promise<Float32Array>;
}

export interface PoolStore {
  /** Null where the pool is not there, or is of something else than `of` says. */
  find(pool: number, of: string): Promise<StoredPool | null>;
  /** Whole or not at all. Throws Fault where the disk is full. */
  write(pool: number, of: string, width: number, parts: readonly RowsToStore[]): Promise<StoredPool>;
  remove(pool: number): Promise<void>;
}
