/** Which parts of which tensors belong to heads that go. */
import type { Family, WeightSource } from '../../arch/architecture.ts';
import type { StoredTensor } from '../../files/modelFiles.ts';
import type { TensorCut } from '../../files/tensorCut.ts';
import type { Axis } from '../../terms/axes.ts';
import { Fault } from '../../terms/fault.ts';
import type { HeadsByLayer } from './headsByLayer.ts';
import { emptyGroups } from './headsByLayer.ts';

type Tensors = ReadonlyMap<string, StoredTensor>;

/**
 * By tensor name. `out`: rows or columns of the output projections, which is all that zeroing needs, since a head acts through
 * them alone. `all`: queries and outputs of the heads, keys and values of groups that lose all their heads, norms per head.
 */
export function headCuts(
  family: Family,
  tensors: Tensors,
  removed: HeadsByLayer,
  which: 'out' | 'all',
): ReadonlyMap<string, TensorCut> {
  const gone = new Map<StoredTensor, GoneParts>();
  for (const layer of removed.keys()) {
    const { weights } = family.block(layer);
    const { out } = family.description.block(layer).attention.part;
    for (const [name, source] of Object.entries(weights)) {
      if (which === 'out' && name !== out.weight.name) continue;
      const tensor = tensorOf(source, tensors);
      if (tensor === undefined) continue;
      const parts = goneParts(family, source, tensor, layer, removed);
      if (parts !== null) gone.set(tensor, union(gone.get(tensor), parts));
    }
  }
  return new Map([...gone].map(([tensor, parts]) => [tensor.name, cutOf(tensor, parts)] as const));
}

/** The first of a weight's names that the checkpoint has. */
export function tensorOf({ tensors: names }: WeightSource, tensors: Tensors): StoredTensor | undefined {
  const name = names.find((candidate) => tensors.has(candidate));
  return name === undefined ? undefined : tensors.get(name);
}

interface GoneParts {
  readonly axis: number;
  readonly units: number;
  readonly gone: ReadonlySet<number>;
}

const unitAxes: readonly Axis[] = ['N', 'G', 'R', 'C'];

/** Null where the weight has no axis of heads, or none of its heads goes. */
function goneParts(
  family: Family,
  source: WeightSource,
  tensor: StoredTensor,
  layer: number,
  removed: HeadsByLayer,
): GoneParts | null {
  const first = source.axes.findIndex(({ axis }) => unitAxes.includes(axis));
  if (first < 0) return null;
  const rest = source.axes.slice(first);
  const end = rest.findIndex(({ axis }) => !unitAxes.includes(axis));
  const units = end < 0 ? rest : rest.slice(0, end);
  const count = sizeOf(units);
  const goes = goneTest(family, layer, removed);
  const gone = Array.from({ length: count }, (_, index) => index).filter((index) => goes(placeOf(index, units)));
  if (gone.length === 0) return null;
  const axis = storedAxis(tensor.shape, sizeOf(source.axes.slice(0, first)), count, source);
  if (source.rows === undefined) return { axis, units: count, gone: new Set(gone) };
  // Several weights one below the other: their heads have equally many rows.
  const rows = (source.rows[1] - source.rows[0]) / count;
  const before = source.rows[0] / rows;
  return { axis, units: (tensor.shape[0] ?? 0) / rows, gone: new Set(gone.map((unit) => before + unit)) };
}

type Place = Partial<Record<Axis, { readonly at: number; readonly size: number }>>;

/** Coordinates of the index-th unit along these axes, the last one fastest. */
function placeOf(index: number, units: WeightSource['axes']): Place {
  const place: Place = {};
  let left = index;
  for (const { axis, size } of units.toReversed()) {
    place[axis] = { at: left % size, size };
    left = Math.floor(left / size);
  }
  return place;
}

/** Fused weights have, along C, the queries of a group, its key, its value. */
function goneTest({ shape }: Family, layer: number, removed: HeadsByLayer): (place: Place) => boolean {
  const heads = new Set(removed.get(layer));
  const groups = new Set(emptyGroups(shape, removed, layer));
  return ({ N, G, C, R }) => {
    if (N !== undefined) return heads.has(N.at);
    const group = G?.at ?? 0;
    if (C !== undefined && C.at < C.size - 2) return heads.has(group * (C.size - 2) + C.at);
    return R === undefined ? groups.has(group) : heads.has(group * R.size + R.at);
  };
}

/** The stored axis that begins after `outer` values and holds `count` parts. */
function storedAxis(shape: readonly number[], outer: number, count: number, source: WeightSource): number {
  if (source.rows !== undefined) return 0;
  let before = 1;
  for (const [axis, size] of shape.entries()) {
    if (before === outer && size % count === 0) return axis;
    before *= size;
  }
  throw new Fault({
    what: 'heads do not lie along one axis of the tensor',
    where: source.tensors[0] ?? '',
    got: `[${shape.join(', ')}]`,
  });
}

function union(known: GoneParts | undefined, parts: GoneParts): GoneParts {
  if (known === undefined) return parts;
  if (known.units !== parts.units) throw new RangeError('weights of one tensor have heads of different sizes');
  return { ...parts, gone: new Set([...known.gone, ...parts.gone]) };
}

function cutOf({ shape }: StoredTensor, { axis, units, gone }: GoneParts): TensorCut {
  const keep = Array.from({ length: units }, (_, unit) => unit).filter((unit) => !gone.has(unit));
  return { shape, axis, units, keep };
}

function sizeOf(axes: WeightSource['axes']): number {
  return axes.reduce((product, { size }) => product * size, 1);
}
