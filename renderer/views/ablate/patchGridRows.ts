/** A patching grid as rows and columns: which layers it has, what its columns are called, its cells as a table. */
import type { PatchHeader } from '../../../engine/results/patchGrid.ts';
import type { Column, GridTable } from '../../api/runTables.ts';
import { formatFixed } from '../../marks/format.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import type { CsvCell } from '../../parts/csv.ts';
import { csvOf } from '../../parts/csv.ts';
import { headName } from '../../state/headNames.ts';
import type { Estimate } from './sweepsRows.ts';
import { estimateAt } from './sweepsRows.ts';

/** Layers that the grid has: all, or that of the one head. */
export function patchedLayers({ target, shape }: Pick<PatchHeader, 'target' | 'shape'>): readonly number[] {
  if (target.kind === 'headPositions') return [target.head.layer];
  return Array.from({ length: shape.layers }, (_, layer) => layer);
}

/** Its part of a column of numbers, which is kept layer by layer: a view of the same memory, so it fills with it. */
function patchedValues(numbers: Float32Array, header: Pick<PatchHeader, 'target' | 'columns'>): Float32Array {
  if (header.target.kind !== 'headPositions') return numbers;
  const width = header.columns.length;
  const { layer } = header.target.head;
  return numbers.subarray(layer * width, (layer + 1) * width);
}

export function patchedColumn(column: Column, header: Pick<PatchHeader, 'target' | 'columns'>): Column {
  const part = (numbers: Float32Array) => patchedValues(numbers, header);
  const from = header.target.kind === 'headPositions' ? header.target.head.layer * header.columns.length : 0;
  return {
    ...{ mean: part(column.mean), low: part(column.low), high: part(column.high) },
    n: column.n.subarray(from, from + part(column.mean).length),
  };
}

/** `H3` of heads; of positions the token, or where prompts differ the position: `4`, `−3` from the end. */
export function columnNames({ target, columns, labels }: PatchHeader): readonly string[] {
  if (target.kind === 'heads') return columns.map((head) => `H${head}`);
  return columns.map((position, i) => {
    const text = labels?.[i] ?? null;
    return text === null ? formatFixed(position, 0) : tokenLabel({ text });
  });
}

/** `L3H2` of heads; `L3, position 4 “·Mary”` of positions. */
export function cellWords(header: PatchHeader, layer: number, column: number): string {
  const place = header.columns[column] ?? column;
  if (header.target.kind === 'heads') return headName({ layer, head: place });
  const at = header.target.kind === 'headPositions' ? headName(header.target.head) : `L${layer}`;
  const text = header.labels?.[column] ?? null;
  return `${at}, position ${formatFixed(place, 0)}${text === null ? '' : ` “${tokenLabel({ text })}”`}`;
}

export interface PatchRow {
  readonly key: string;
  readonly layer: number;
  /** Position, or head. */
  readonly place: number;
  readonly name: string;
  /** Text of the token, where all prompts have the same there. */
  readonly token: string | null;
  readonly effect: Estimate;
  readonly recovery: Estimate;
  readonly n: number;
}

export function patchRows({ header, effect, recovery }: GridTable): readonly PatchRow[] {
  const { columns, labels, target } = header;
  return patchedLayers(header).flatMap((layer) =>
    columns.map((place, column): PatchRow => {
      const at = layer * columns.length + column;
      return {
        ...{ key: `${layer} ${column}`, layer, place },
        name: target.kind === 'heads' ? headName({ layer, head: place }) : `L${layer}`,
        token: labels?.[column] ?? null,
        effect: estimateAt(effect, at),
        recovery: estimateAt(recovery, at),
        n: effect.n[at] ?? 0,
      };
    }),
  );
}

export function patchCsv(table: GridTable): string {
  const { target, direction, metricId, calibration } = table.header;
  const site = target.kind === 'positions' ? target.site : 'z';
  const titles = [
    ...['site', 'layer', 'head', 'position', 'token', 'effect', 'effect_low_95', 'effect_high_95'],
    ...['recovery', 'recovery_low_95', 'recovery_high_95', 'n', 'metric', 'direction', 'prompts'],
  ];
  const head = (place: number) => {
    if (target.kind === 'heads') return place;
    return target.kind === 'headPositions' ? target.head.head : null;
  };
  const lines = patchRows(table).map(({ layer, place, token, effect, recovery, n }): readonly CsvCell[] => [
    ...[site, layer, head(place), target.kind === 'heads' ? null : place, token],
    ...[effect, recovery].flatMap(({ value, low, high }) => [value, low, high].map(rounded)),
    ...[n, metricId, direction, calibration.dataset],
  ]);
  return csvOf(titles, lines);
}

/** 9 digits bring a float32 back exactly. */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
