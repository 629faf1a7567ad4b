/** heads.json as tables of heads: one for each metric, and one for its plan. Imports terms and results only. */
import type { ExpectedModel, HeadTable } from '../results/importedScores.ts';
import type { ReadScores } from './exportFormat.ts';
import { headTable, unitWords } from './headTable.ts';
import type { HeadsFile, HeadsMetric, HeadsUnit, HeadsValue } from './headsSchema.ts';
import type { Place } from './headKey.ts';
import type { UnitGrid } from './unitGrid.ts';
import { gridOfPlaces, gridOfShape } from './unitGrid.ts';

/** Throws Fault where the model has another shape. Metrics of whole layers and MLPs are none of single heads: a note says so. */
export function headsTables(file: HeadsFile, model: ExpectedModel | null, where: string): ReadScores {
  const grids = {
    head: gridOfShape(file.shape.q_heads, 'head', model, where),
    'kv-group': gridOfShape(file.shape.kv_heads, 'kv-group', model, where),
  };
  const metrics = file.metrics.flatMap((metric) => {
    const unit = unitOf(metric);
    return unit === null ? [] : [metricTable(file, metric, unit, grids[unit])];
  });
  const others = file.metrics.length - metrics.length;
  const notes = others === 0 ? [] : [`${others} metrics of whole layers or MLPs have no table of heads`];
  return {
    tables: [...metrics, ...planTables(file, grids, where)],
    model: { name: file.model.id, fingerprint: file.model.fingerprint },
    notes: [...notes, ...file.warnings.map((warning) => `the file warns: ${warning}`)],
  };
}

type Unit = HeadTable['unit'];
type Grids = Readonly<Record<Unit, UnitGrid>>;

function unitOf({ granularity }: HeadsMetric): Unit | null {
  return granularity === 'q_head' ? 'head' : granularity === 'kv_group' ? 'kv-group' : null;
}

function metricTable({ units }: HeadsFile, metric: HeadsMetric, unit: Unit, grid: UnitGrid): HeadTable {
  const found = units.flatMap((one) => {
    const [value, place] = [one.values[metric.id], placeOf(one, unit)];
    return value === undefined || place === null ? [] : [{ row: grid.rowOf(place), value }];
  });
  const values = new Float32Array(grid.size).fill(NaN);
  for (const { row, value } of found) values[row] = value.mean ?? NaN;
  return headTable({
    id: metric.id,
    title: metric.formula_ref ?? metric.id,
    kind: metric.family,
    direction: metric.direction,
    measure: metric.unit,
    ...{ unit, perLayer: grid.perLayer, values },
    intervals: intervalsOf(found, grid.size),
    runs: runsOf(found, grid.size),
  });
}

function placeOf({ unit, layer, head, kv_group }: HeadsUnit, wanted: Unit): Place | null {
  const index = unit === wanted ? (head ?? kv_group) : undefined;
  return index === undefined ? null : { layer, index };
}

type Found = readonly { readonly row: number; readonly value: HeadsValue }[];

function intervalsOf(found: Found, size: number): Float32Array | null {
  if (found.every(({ value }) => value.ci95 === undefined)) return null;
  const intervals = new Float32Array(2 * size).fill(NaN);
  for (const { row, value } of found)
    intervals.set(
      (value.ci95 ?? []).map((end) => end ?? NaN),
      2 * row,
    );
  return intervals;
}

function runsOf(found: Found, size: number): HeadTable['runs'] {
  if (found.every(({ value }) => value.per_run === undefined)) return null;
  const values: number[][] = Array.from({ length: size }, () => []);
  // A run that gave no number is none.
  for (const { row, value } of found) values[row] = (value.per_run ?? []).filter((one) => one !== null);
  return { values, names: null };
}

type Plan = NonNullable<HeadsFile['prune_plan']>;

/** What stays of heads and of groups under the file's plan. Whoever removes a group removes its heads. */
function planTables({ prune_plan: plan, shape }: HeadsFile, grids: Grids, where: string): HeadTable[] {
  if (plan === undefined) return [];
  const groups = placesIn(plan.kv_groups_to_prune);
  const heads = plan.heads_to_prune === undefined ? headsOfGroups(groups, shape) : placesIn(plan.heads_to_prune);
  const lists = [
    { unit: 'head', removed: heads },
    { unit: 'kv-group', removed: groups },
  ] as const;
  return lists.flatMap(({ unit, removed }) =>
    removed.length > 0 || plan.unit === unit ? [planTable(removed, unit, grids[unit], where)] : [],
  );
}

function placesIn(lists: Plan['heads_to_prune']): Place[] {
  return Object.entries(lists ?? {}).flatMap(([layer, list]) => list.map((index) => ({ layer: Number(layer), index })));
}

/** Head h belongs to group floor(h / r), r heads a group. */
function headsOfGroups(groups: readonly Place[], { q_heads, kv_heads }: HeadsFile['shape']): Place[] {
  return groups.flatMap(({ layer, index }) => {
    const count = kv_heads[layer] ?? 0;
    // A group that is not there has no heads; that it is not there is said where its own table is made.
    const size = count === 0 ? 0 : Math.floor((q_heads[layer] ?? 0) / count);
    return Array.from({ length: size }, (_, i) => ({ layer, index: index * size + i }));
  });
}

/** Throws Fault where a unit is not in the file's own shape. */
function planTable(removed: readonly Place[], unit: Unit, grid: UnitGrid, where: string): HeadTable {
  const { perLayer } = grid;
  const own = perLayer.map((count) => ({ heads: count, kvHeads: count }));
  gridOfPlaces(removed, unit, { name: 'shape of the file', perLayer: own }, `${where}: prune_plan`);
  const values = new Float32Array(grid.size).fill(1);
  for (const place of removed) values[grid.rowOf(place)] = 0;
  const title = `Plan: ${unitWords(unit)} that stay`;
  return headTable({ id: `plan.${unit}`, title, kind: 'selection', unit, direction: 'higher_keeps', perLayer, values });
}
