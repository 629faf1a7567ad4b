/** Zero ablation of nodes and edges with the engine's own edits; exact in a model without norms. */
import type { Activations, Model } from '../../engine/run/index.ts';
import { axisSize } from '../../engine/tensor/tensor.ts';
import type { Edit, EditValue } from '../../engine/terms/edits.ts';
import type { Edge, NodeId } from '../../engine/terms/nodes.ts';
import { parseNode } from '../../engine/terms/nodes.ts';
import type { Checkpoint } from '../../fixtures/make/planted/checkpoint.ts';
import type { Matrix } from '../../fixtures/make/planted/matrix.ts';
import { product } from '../../fixtures/make/planted/matrix.ts';

export type Removed = NodeId | Edge;

/** Logits [B, V] at the last position with all of `removed` taken out. */
export async function logitsWithout(
  model: Model,
  checkpoint: Checkpoint,
  ids: readonly (readonly number[])[],
  removed: readonly Removed[],
): Promise<Float32Array> {
  const nodes = removed.filter((part) => typeof part === 'string').map(silence);
  const edges = removed.filter((part) => typeof part !== 'string');
  // What a writer writes is read while the nodes are out.
  const writes =
    edges.length === 0 ? null : await model.forward({ ids, edits: nodes, capture: writeSites, logits: 'none' });
  const cuts = writes === null ? [] : edges.map((edge) => cut(model, checkpoint, writes, edge));
  const run = await model.forward({ ids, edits: [...nodes, ...cuts], logits: 'last' });
  if (run.logits === null) throw new RangeError('expected logits');
  return run.logits.data;
}

const writeSites = [{ site: 'embed' }, { site: 'headWrite' }] as const;

function silence(id: NodeId): Edit {
  const { layer, head } = headOf(id);
  return { site: 'z', layers: [layer], heads: [head], operation: { kind: 'zero' } };
}

/** The reader's input less W^T write: q, k and v are linear in the stream, and so is the unembedding. */
function cut({ family }: Model, checkpoint: Checkpoint, writes: Activations, { from, to, input }: Edge): Edit {
  const write = writeOf(writes, from);
  if (input === undefined) {
    const value = valueOf('B P D', write, family.shape.width);
    return { site: 'residPost', layers: [family.shape.layers - 1], operation: { kind: 'add', value, times: -1 } };
  }
  const { layer, head } = headOf(to);
  const read = product(write, checkpoint.head(layer, head)[input]);
  const value = valueOf('B P H', read, family.shape.headWidth);
  return { site: input, layers: [layer], heads: [head], operation: { kind: 'add', value, times: -1 } };

  function valueOf(axes: 'B P D' | 'B P H', { data }: Matrix, width: number): EditValue {
    const rows = axisSize(writes.get('embed'), 'B');
    return { axes, shape: [rows, data.length / rows / width, width], data: Float32Array.from(data) };
  }
}

/** [B P, D]. */
function writeOf(writes: Activations, id: NodeId): Matrix {
  if (id === 'embed') {
    const embed = writes.get('embed');
    const columns = axisSize(embed, 'D');
    return { rows: embed.data.length / columns, columns, data: Float64Array.from(embed.data) };
  }
  const { layer, head } = headOf(id);
  const all = writes.get('headWrite', layer);
  const [heads, columns] = [axisSize(all, 'N'), axisSize(all, 'D')];
  const rows = all.data.length / heads / columns;
  const data = Float64Array.from({ length: rows * columns }, (_, i) => {
    const [row, d] = [Math.floor(i / columns), i % columns];
    return all.data[(row * heads + head) * columns + d] ?? 0;
  });
  return { rows, columns, data };
}

function headOf(id: NodeId): { readonly layer: number; readonly head: number } {
  const node = parseNode(id);
  if (node?.kind !== 'head') throw new RangeError(`${id} is no head`);
  return node;
}
