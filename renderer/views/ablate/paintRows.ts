/** All that can be painted as rows, with what is measured behind it. */
import type { UnitSet } from '../../../engine/results/units.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { cellCount, cellName, cellOf, hasHead, headIndex } from '../../marks/headShape.ts';
import { csvOf } from '../../parts/csv.ts';
import { includesHead } from '../../state/headRefs.ts';

export interface PaintRow {
  /** Numbered as in marks/headShape.ts. */
  readonly index: number;
  readonly name: string;
  readonly isPainted: boolean;
  /** NaN where nothing is measured, as of MLPs and layers. */
  readonly value: number;
}

type Behind = Pick<HeadMeasure, 'values' | 'title' | 'dataset' | 'n'>;

export function paintRows(
  heads: HeadShape,
  hasMlp: boolean,
  painted: UnitSet,
  measure: Pick<Behind, 'values'> | null,
): readonly PaintRow[] {
  return Array.from({ length: cellCount(heads) }, (_, index): readonly PaintRow[] => {
    const cell = cellOf(heads, index);
    const name = cellName(heads, index);
    if (cell.kind === 'layer') return [{ index, name, isPainted: painted.layers.includes(cell.layer), value: NaN }];
    if (cell.kind === 'mlp')
      return hasMlp ? [{ index, name, isPainted: painted.mlps.includes(cell.layer), value: NaN }] : [];
    if (!hasHead(heads, cell.layer, cell.head)) return [];
    const value = measure?.values[headIndex(heads, cell.layer, cell.head)] ?? NaN;
    return [{ index, name, isPainted: includesHead(painted.heads, cell), value }];
  }).flat();
}

export function paintCsv(rows: readonly PaintRow[], measure: Behind | null): string {
  const lines = rows.map(({ name, isPainted, value }) => [
    ...[name, Number(isPainted), Number(value.toPrecision(9))],
    ...[measure?.title ?? null, measure?.dataset ?? null, measure?.n ?? null],
  ]);
  return csvOf(['unit', 'painted', 'value', 'measure', 'prompts', 'n'], lines);
}
