/** What follows from the values of a heads file: where each stands among the others, and groups beside their heads. */
import { rounded } from './exportFormat.ts';
import type { HeadsFile, HeadsMetric, HeadsUnit, HeadsValue } from './headsSchema.ts';

export const granularities = { head: 'q_head', 'kv-group': 'kv_group', layer: 'layer', mlp: 'mlp' } as const;

/** Said in each metric that has them. */
export const normalization =
  'layer_l2: mean / sqrt(sum of mean^2 in its layer); global_minmax: (mean - least) / (greatest - least); rank: 1 is most worth keeping, equals share a rank';

/** The units with rank and both normalisations under each of these metrics; a value that is not a number has none. */
export function withStanding(units: readonly HeadsUnit[], metrics: readonly HeadsMetric[]): readonly HeadsUnit[] {
  return metrics.reduce(standingOf, units);
}

function standingOf(units: readonly HeadsUnit[], { id, granularity, direction }: HeadsMetric): readonly HeadsUnit[] {
  const meanOf = (unit: HeadsUnit) =>
    granularities[unit.unit] === granularity ? (unit.values[id]?.mean ?? null) : null;
  const means = units.flatMap((unit) => meanOf(unit) ?? []);
  const sorted = [...means].sort((a, b) => (direction === 'higher_keeps' ? b - a : a - b));
  const ends = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const range = { least: Math.min(...ends), greatest: Math.max(...ends) };
  const norms = layerNorms(units, meanOf);
  const firstAt = new Map<number, number>();
  sorted.forEach((mean, i) => firstAt.has(mean) || firstAt.set(mean, i + 1));
  return units.map((unit) => {
    const [value, mean] = [unit.values[id], meanOf(unit)];
    if (value === undefined || mean === null) return unit;
    const standing = { ...normalised(mean, norms.get(unit.layer) ?? 0, range), rank: firstAt.get(mean) ?? 0 };
    return { ...unit, values: { ...unit.values, [id]: { ...withoutStanding(value), ...standing } } };
  });
}

function normalised(mean: number, norm: number, { least, greatest }: { least: number; greatest: number }) {
  return {
    ...(norm === 0 ? {} : { layer_l2: rounded(mean / norm) }),
    ...(greatest === least ? {} : { global_minmax: rounded((mean - least) / (greatest - least)) }),
  };
}

function withoutStanding({ layer_l2: _l2, global_minmax: _minmax, rank: _rank, ...value }: HeadsValue): HeadsValue {
  return value;
}

/** sqrt(sum of mean^2) of each layer. */
function layerNorms(units: readonly HeadsUnit[], meanOf: (unit: HeadsUnit) => number | null): Map<number, number> {
  const squares = new Map<number, number>();
  for (const unit of units) squares.set(unit.layer, (squares.get(unit.layer) ?? 0) + (meanOf(unit) ?? 0) ** 2);
  return new Map([...squares].map(([layer, square]) => [layer, Math.sqrt(square)]));
}

type KvGroup = NonNullable<HeadsFile['kv_groups']>[number];
type Agg = NonNullable<KvGroup['agg']>[string];

/** One entry for each group that has values as a whole, with what `known` says beside them; nothing where none has. */
export function kvGroupsOf(
  units: readonly HeadsUnit[],
  shape: HeadsFile['shape'],
  known: readonly KvGroup[] = [],
): { kv_groups?: readonly KvGroup[] } {
  const groups = units.flatMap((unit) => (unit.kv_group === undefined ? [] : [{ unit, group: unit.kv_group }]));
  if (groups.length === 0) return {};
  return {
    kv_groups: groups.map(({ unit: { layer, values }, group }) => {
      const heads = headsOf(group, shape.q_heads[layer] ?? 0, shape.kv_heads[layer] ?? 1);
      const members = units.filter(({ layer: at, head }) => at === layer && head !== undefined && heads.includes(head));
      const own = members.length === heads.length ? aggregated(members) : {};
      const same = known.filter((one) => one.layer === layer && one.group === group);
      // Heads that are in no unit may have been measured all the same.
      const agg = Object.fromEntries([...same.map((one) => one.agg ?? {}), own].flatMap(Object.entries<Agg>));
      return { layer, group, heads, joint: values, ...(Object.keys(agg).length === 0 ? {} : { agg }) };
    }),
  };
}

/** Head h belongs to group floor(h / r), r heads a group. */
function headsOf(group: number, heads: number, groups: number): number[] {
  const size = heads / groups;
  return Array.from({ length: size }, (_, i) => group * size + i);
}

/** Of every metric that each of the heads has. */
function aggregated(members: readonly HeadsUnit[]): NonNullable<KvGroup['agg']> {
  const ids = Object.keys(members[0]?.values ?? {});
  const entries = ids.flatMap((id) => {
    const means = members.flatMap(({ values }) => values[id]?.mean ?? []);
    if (means.length < members.length) return [];
    const sum = means.reduce((total, mean) => total + mean, 0);
    return [[id, { max: Math.max(...means), mean: rounded(sum / means.length), sum: rounded(sum) }] as const];
  });
  return Object.fromEntries(entries);
}
