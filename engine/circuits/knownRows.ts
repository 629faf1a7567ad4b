/** Rows of a run that goes on: what is known is not computed again. */
import type { CircuitRow } from '../results/circuitBench.ts';

export class KnownRows {
  readonly #rows: ReadonlyMap<string, CircuitRow>;

  constructor(rows: readonly CircuitRow[]) {
    this.#rows = new Map(rows.map((row) => [rowKey(row), row]));
  }

  /** The row that says what this one is to say, whatever its numbers. */
  find<R extends CircuitRow>(like: RowName<R>): R | null {
    // The key holds `of`, so the row is of that kind.
    return (this.#rows.get(rowKey(like)) as R | undefined) ?? null;
  }

  has(like: RowName<CircuitRow>): boolean {
    return this.#rows.has(rowKey(like));
  }
}

/** All that tells a row from the others of a run. */
export type RowName<R extends CircuitRow> = R extends CircuitRow
  ? Pick<R, Extract<keyof R, (typeof naming)[number]>>
  : never;

const naming = ['of', 'method', 'seed', 'reference', 'draw', 'order', 'share', 'prompts', 'a', 'b'] as const;

function rowKey(row: RowName<CircuitRow>): string {
  return JSON.stringify(naming.map((name) => Reflect.get(row, name) ?? null));
}
