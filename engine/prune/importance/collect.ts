/** The rows of a run as one record a unit, and what its criteria agree about. */
import type { ModelShape } from '../../arch/architecture.ts';
import type { ImportanceOfUnit, ImportanceRow } from '../../results/importance.ts';
import { summarise } from '../../tasks/statistics.ts';
import type { Summary } from '../../terms/summary.ts';
import type { CriterionValues } from '../agreement.ts';
import { ranksOf } from '../agreement.ts';
import type { Criterion } from '../criteria/criterion.ts';
import type { ImportanceUnit, UnitPlace } from './units.ts';
import { headsOf, perLayerOf, unitPlaces } from './units.ts';

export interface Collected {
  readonly units: readonly ImportanceOfUnit[];
  /** Of the criteria that have a value for every unit. */
  readonly values: readonly CriterionValues[];
}

export interface CollectRequest {
  readonly shape: ModelShape;
  readonly unit: ImportanceUnit;
  readonly criteria: readonly Criterion[];
  readonly seed: number;
}

interface Value {
  readonly value: number;
  /** Over samples, or pairs of orders; null for one number of the whole text. */
  readonly spread: Summary | null;
}

export function collectUnits(rows: readonly ImportanceRow[], request: CollectRequest): Collected {
  const { shape, unit, criteria } = request;
  const places = unitPlaces(shape, unit);
  const columns = criteria.flatMap((criterion) => {
    const column = columnOf(rows, criterion, unit, request);
    return column === null ? [] : [{ criterion, column, heads: headColumn(rows, criterion, request) }];
  });
  const scaled = columns.map(({ criterion, column, heads }) => {
    const values = column.map(({ value }) => value);
    return { id: criterion.id, column, heads, values, ranks: ranksOf(values), l2: layerNorms(values, shape, unit) };
  });
  const units = places.map((place, at): ImportanceOfUnit => {
    const values = scaled.map(({ id, column, heads, ranks, l2 }) => {
      const { value, spread } = column[at] ?? { value: NaN, spread: null };
      const norm = l2[place.layer] ?? 0;
      const layerL2 = norm === 0 ? 0 : value / norm;
      const standing = { layerL2, rank: ranks[at] ?? NaN, heads: besides(heads, shape, place) };
      return [id, { value, ...spreadOf(spread), ...standing }] as const;
    });
    return { kind: 'unit', unit, ...place, values: Object.fromEntries(values) };
  });
  return { units, values: scaled.map(({ id, values }) => ({ id, values })) };
}

/** A value for every unit; null where rows are missing. */
function columnOf(
  rows: readonly ImportanceRow[],
  criterion: Criterion,
  unit: ImportanceUnit,
  { shape, seed }: CollectRequest,
): readonly Value[] | null {
  const column =
    criterion.kind === 'ablated'
      ? ablatedColumn(rows, criterion, unit, shape)
      : criterion.kind === 'shapley'
        ? orderColumn(rows, seed)
        : (listOf(rows, criterion.id, unit)?.map((value) => ({ value, spread: null })) ?? null);
  return column !== null && column.length === unitPlaces(shape, unit).length ? column : null;
}

function listOf(rows: readonly ImportanceRow[], id: string, unit: ImportanceUnit): readonly number[] | null {
  const found = rows.find((row) => row.of === 'values' && row.criterion === id && row.unit === unit);
  return found?.of === 'values' ? found.values : null;
}

function ablatedColumn(
  rows: readonly ImportanceRow[],
  criterion: Extract<Criterion, { kind: 'ablated' }>,
  unit: ImportanceUnit,
  shape: ModelShape,
): readonly Value[] | null {
  const perLayer = perLayerOf(shape, unit);
  const column: Value[] = [];
  let found = 0;
  for (const row of rows) {
    if (row.of !== 'ablation' || row.by !== criterion.by || row.unit !== unit) continue;
    const summary = criterion.of(row);
    // One sample says nothing of the spread.
    column[row.layer * perLayer + row.index] = { value: summary.mean, spread: summary.n < 2 ? null : summary };
    found += 1;
  }
  return found === shape.layers * perLayer ? column : null;
}

/** Mean over orders; its interval over pairs of an order and its reverse, which are drawn together. */
function orderColumn(rows: readonly ImportanceRow[], seed: number): readonly Value[] | null {
  const orders = rows.flatMap((row) => (row.of === 'order' ? [row] : [])).toSorted((a, b) => a.order - b.order);
  const [first] = orders;
  if (first === undefined) return null;
  const numbers = [...new Set(orders.map(({ order }) => Math.floor(order / 2)))];
  const pairs = numbers.map((number) => orders.filter(({ order }) => Math.floor(order / 2) === number));
  return first.shares.map((_, unit) => {
    const ofPair = pairs.map((pair) => meanOf(pair.map(({ shares }) => shares[unit] ?? NaN)));
    const value = meanOf(orders.map(({ shares }) => shares[unit] ?? NaN));
    return { value, spread: pairs.length < 2 ? null : summarise(ofPair, seed) };
  });
}

function spreadOf(spread: Summary | null) {
  if (spread === null) return { interval: null };
  const { interval, standardError, n } = spread;
  return { interval, standardError, n };
}

/** Values of single heads beside those of KV groups. */
function headColumn(rows: readonly ImportanceRow[], criterion: Criterion, request: CollectRequest): number[] | null {
  if (request.unit !== 'kv-group' || criterion.kind === 'shapley') return null;
  return columnOf(rows, criterion, 'head', request)?.map(({ value }) => value) ?? null;
}

function besides(heads: readonly number[] | null, shape: ModelShape, { layer, index }: UnitPlace) {
  if (heads === null) return null;
  const own = headsOf(shape, 'kv-group', index).map((head) => heads[layer * shape.heads + head] ?? NaN);
  const sum = own.reduce((total, value) => total + value, 0);
  return { max: Math.max(...own), mean: sum / own.length, sum };
}

/** sqrt(sum over the layer's units of value^2), by layer (Michel et al. 2019, section 4.1). */
function layerNorms(values: readonly number[], shape: ModelShape, unit: ImportanceUnit): number[] {
  const perLayer = perLayerOf(shape, unit);
  return Array.from({ length: shape.layers }, (_, layer) =>
    Math.hypot(...values.slice(layer * perLayer, (layer + 1) * perLayer)),
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
