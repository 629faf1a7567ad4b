/**
 * The numbers of a matrix, written in place as rows of a run come: whoever draws them subscribes, and nothing renders.
 */
import type { HeadMeasures } from '../../api/headMeasures.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import type { MatrixCells } from '../../api/matrixCells.ts';

export interface MatrixFeed {
  /** At each cell; NaN where unknown. */
  readonly values: Float32Array;
  /** 1 where the 95 % interval excludes 0. All 0 for measures without a sign, which no interval of theirs could include. */
  readonly significant: Uint8Array;
  /** Calls back after the numbers have been brought up to date. */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createMatrixFeed(
  measures: Pick<HeadMeasures, 'subscribe'>,
  measure: HeadMeasure,
  cells: MatrixCells,
): MatrixFeed {
  const size = cells.shape.layers * cells.shape.heads;
  const heads = Array.from({ length: size }, (_, cell) => cells.headIndex(cell));
  const values = cells.unit === 'head' ? measure.values : new Float32Array(size);
  const significant = new Uint8Array(size);
  const update = () => {
    for (const [cell, head] of heads.entries()) {
      values[cell] = measure.values[head] ?? NaN;
      significant[cell] = Number(measure.signed && excludesZero(measure, head));
    }
  };
  update();
  return {
    values,
    significant,
    subscribe: (listener) =>
      measures.subscribe(() => {
        update();
        listener();
      }, measure.id),
  };
}

/** False where the interval is unknown. */
function excludesZero({ low, high }: Pick<HeadMeasure, 'low' | 'high'>, head: number): boolean {
  return (low[head] ?? NaN) > 0 || (high[head] ?? NaN) < 0;
}

/** Where nothing is measured: every cell unknown. */
export function emptyFeed(cells: MatrixCells): MatrixFeed {
  const size = cells.shape.layers * cells.shape.heads;
  return {
    values: new Float32Array(size).fill(NaN),
    significant: new Uint8Array(size),
    subscribe: () => () => undefined,
  };
}

export function knownCells({ values }: Pick<MatrixFeed, 'values'>): number {
  return values.reduce((count, value) => count + Number(!Number.isNaN(value)), 0);
}
