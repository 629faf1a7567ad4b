/** What a training step takes in memory, before it is paid. */
import type { Definition, Graph } from '../graph/graph.ts';
import { neededBy } from '../graph/graph.ts';
import type { PrimitiveName } from '../graph/primitives.ts';

/** These only change how a value is read. */
const views: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>([
  'transpose',
  'split',
  'merge',
  'rename',
  'squeeze',
  'unsqueeze',
  'stopGradient',
]);

/**
 * Most bytes of intermediate values that are alive at once when definitions run in order, each from where it is made to its
 * last use; outputs to the end. All axes must have fixed sizes (RangeError).
 */
export function peakBytes(graph: Graph): number {
  const needed = neededBy(graph);
  const owners = graph.definitions.map((definition, id) => ownerOf(graph, definition, id));
  const lastUse = lastUses(graph, needed, owners);
  const freed = new Map<number, number>();
  let [alive, peak] = [0, 0];
  graph.definitions.forEach((definition, id) => {
    if (!needed.has(id) || definition.kind !== 'operation' || owners[id] !== id) return;
    const bytes = bytesOf(definition);
    alive += bytes;
    peak = Math.max(peak, alive);
    const end = lastUse.get(id) ?? id;
    freed.set(end, (freed.get(end) ?? 0) + bytes);
    alive -= freed.get(id) ?? 0;
  });
  return peak;
}

/** The definition whose memory this one reads. */
function ownerOf(graph: Graph, definition: Definition, id: number): number {
  if (definition.kind !== 'operation' || !views.has(definition.primitive)) return id;
  const [input = id] = definition.inputs;
  return ownerOf(graph, graph.definitions[input] as Definition, input);
}

function lastUses(graph: Graph, needed: ReadonlySet<number>, owners: readonly number[]): Map<number, number> {
  const last = new Map<number, number>();
  const use = (id: number, at: number) =>
    last.set(owners[id] as number, Math.max(at, last.get(owners[id] as number) ?? 0));
  graph.definitions.forEach((definition, id) => {
    if (needed.has(id) && definition.kind === 'operation') definition.inputs.forEach((input) => use(input, id));
  });
  graph.outputs.forEach(({ id }) => use(id, graph.definitions.length));
  return last;
}

function bytesOf({ type }: Definition): number {
  const width = type.dtype === 'bool' ? 1 : type.dtype === 'int64' ? 8 : 4;
  return type.axes.reduce((product, { size }) => {
    if (size === 'dynamic') throw new RangeError('peakBytes: expected axes of fixed size');
    return product * size;
  }, width);
}
