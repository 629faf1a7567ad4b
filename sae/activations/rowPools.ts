/** Which windows give the rows that are shuffled together, and which rows a step reads. */
import { Fault } from '../../engine/terms/fault.ts';
import { EpochOrder } from '../pursuit/epochOrder.ts';
import { rowTokens } from './siteRows.ts';

/** Whole windows, one after another. */
export interface RowPool {
  /** Places of its windows in the list: from, and one after the last. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

export interface PoolSizes {
  /** Tokens of a window that give no row. */
  readonly skip: number;
  readonly perToken: number;
  /** Most rows of a pool, and rows of a step. */
  readonly pool: number;
  readonly batch: number;
}

type Windows = readonly (readonly number[])[];

/** Throws Fault for a window with more rows than a pool, and where no pool has the rows of a step. */
export function rowPools(windows: Windows, sizes: PoolSizes): readonly RowPool[] {
  const pools: RowPool[] = [];
  for (let from = 0; from < windows.length;) {
    const pool = poolFrom(windows, from, sizes);
    pools.push(pool);
    from = pool.to;
  }
  if (pools.some(({ rows }) => rows >= sizes.batch)) return pools;
  const total = pools.reduce((sum, { rows }) => sum + rows, 0);
  const got = `${total} in ${windows.length} windows${pools.length > 1 ? `, ${sizes.pool} of them shuffled together` : ''}`;
  throw new Fault({ what: 'too few rows to train on', expected: `${sizes.batch} rows of a step`, got });
}

function poolFrom(windows: Windows, from: number, { skip, perToken, pool }: PoolSizes): RowPool {
  let [to, rows] = [from, 0];
  for (; to < windows.length; to++) {
    const added = rowTokens(windows[to] ?? [], skip) * perToken;
    if (added > pool) {
      const got = `${added} of window ${to + 1}`;
      throw new Fault({ what: 'rows that are shuffled together', expected: `at most ${pool}`, got });
    }
    if (rows + added > pool) break;
    rows += added;
  }
  return { from, to, rows };
}

interface StepRows {
  readonly pool: number;
  /** Places within the pool. */
  readonly rows: Uint32Array;
}

/** A pool's rows in an order of its own, then the next pool's; after the last pool the first again, in another order. */
export class PoolOrder {
  readonly #orders: readonly (EpochOrder | null)[];
  readonly #batches: readonly number[];

  /** What is left of a pool after its last whole batch is not seen in that round. */
  constructor(pools: readonly RowPool[], batch: number, seed: number) {
    this.#batches = pools.map(({ rows }) => Math.floor(rows / batch));
    this.#orders = pools.map(({ rows }, i) => (rows < batch ? null : new EpochOrder(rows, batch, seed + i * seeds)));
  }

  /** Of step t, counted from 0; the same whether or not steps before were asked for. */
  rowsOf(step: number): StepRows {
    const perRound = this.#batches.reduce((sum, batches) => sum + batches, 0);
    const round = Math.floor(step / perRound);
    let left = step % perRound;
    const pool = this.#batches.findIndex((batches) => (left -= batches) < 0);
    const batches = this.#batches[pool] as number;
    return { pool, rows: (this.#orders[pool] as EpochOrder).rowsOf(round * batches + left + batches) };
  }
}

/** Between the seeds of two pools: more than there are seeds of a run. */
const seeds = 2 ** 20;
