/**
 * How far back a KV head's query heads would look if every token had the mean query and the mean key (kvpress, "on the fly"
 * DuoAttention): what is left of attention without content. No training and no prompts of a task, and blind to both.
 */
import type { Family } from '../../arch/architecture.ts';
import { makeBatch } from '../../run/batch.ts';
import type { Batch } from '../../run/batch.ts';
import { editsAt } from '../../run/editPlan.ts';
import type { Model } from '../../run/index.ts';
import { Pass } from '../../run/pass.ts';
import type { Edit, EditValue } from '../../terms/edits.ts';
import { Fault } from '../../terms/fault.ts';
import type { Site } from '../../terms/sites.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize } from '../../tensor/tensor.ts';

export interface PositionPriorRequest {
  /** Texts that the means are taken over: at least one token. */
  readonly texts: readonly (readonly number[])[];
  /** Positions that the pattern has; 500 in kvpress, at most the context. */
  readonly length: number;
  readonly signal: AbortSignal;
}

/**
 * Per layer and head [L][N]: mean over keys k of the attention that the last query pays to keys 0 .. k, from 0 (the newest only)
 * over (T + 1) / 2T (the same weight on all T) to 1 (the oldest only). The rows are those of the model's own block with its query
 * and key replaced before norm and rotary embedding, so position enters just as it does in the model. Throws Fault for a model
 * whose blocks know no positions, and for a bidirectional one.
 */
export async function positionPrior(model: Model, request: PositionPriorRequest): Promise<readonly Float64Array[]> {
  const { family } = model;
  requirePositions(family);
  const edits = await meanEdits(model, request);
  const length = Math.min(request.length, family.shape.context);
  const batch = makeBatch([Array.from({ length }, () => 0)], family, 'right');
  const scores: Float64Array[] = [];
  for (let layer = 0; layer < family.shape.layers; layer++) {
    request.signal.throwIfAborted();
    const pattern = await model.exclusive(() => patternOf(model, batch, edits, layer));
    scores.push(areasOf(pattern));
  }
  return scores;
}

function requirePositions({ causal, rotaryOf, readsKeyPositions, shape }: Family): void {
  const rotates = Array.from({ length: shape.layers }, (_, layer) => rotaryOf(layer)).some((kind) => kind !== null);
  if (causal && (rotates || readsKeyPositions)) return;
  throw new Fault({
    what: 'a prior from positions alone',
    expected: 'causal attention with rotary or ALiBi positions',
    got: causal ? 'positions that are added to the stream' : 'bidirectional attention',
  });
}

/** q and k at every position their mean over the texts' tokens. */
async function meanEdits(model: Model, { texts, signal }: PositionPriorRequest): Promise<readonly Edit[]> {
  const { layers, heads, kvHeads, headWidth } = model.family.shape;
  const sites = [
    { site: 'q', groups: heads },
    { site: 'k', groups: kvHeads },
  ] as const;
  const sums = sites.map(({ groups }) => Array.from({ length: layers }, () => new Float64Array(groups * headWidth)));
  for (const ids of texts) {
    const capture = sites.map(({ site }) => ({ site }));
    const values = await model.forward({ ids: [ids], capture, logits: 'none', signal });
    sites.forEach(({ site }, s) => sums[s]?.forEach((sum, layer) => addRows(sum, values.get(site, layer).data)));
  }
  const tokens = texts.reduce((total, ids) => total + ids.length, 0);
  return sites.flatMap(({ site, groups }, s) =>
    (sums[s] ?? []).map((sum, layer): Edit => {
      const axes = site === 'q' ? 'N H' : 'G H';
      const value: EditValue = { axes, shape: [groups, headWidth], data: Float32Array.from(sum, (x) => x / tokens) };
      return { site, layers: [layer], operation: { kind: 'mean', value } };
    }),
  );
}

/** Values [P, ...] summed over the first axis. */
function addRows(sum: Float64Array, values: Float32Array): void {
  for (let i = 0; i < values.length; i++) sum[i % sum.length] = (sum[i % sum.length] ?? 0) + (values[i] ?? 0);
}

/** [B 1, N, P, K] of one block: what its stream is makes no difference to it. */
async function patternOf(
  { family, programs }: Model,
  batch: Batch,
  edits: readonly Edit[],
  layer: number,
): Promise<Tensor> {
  const queries = Array.from({ length: batch.slots }, (_, i) => i);
  const pass = new Pass(family, programs, batch, { queries, stream: queries, keys: batch.slots });
  const { stream } = await pass.embed(new Map(), new Set());
  const { captured } = await pass.block({
    ...{ layer, residPre: stream, edits: pass.affine(editsAt(edits, layer), layer) },
    ...{ capture: new Set<Site>(['pattern']), keepsCache: false },
  });
  const pattern = captured.get('pattern');
  if (pattern === undefined) throw new RangeError('a block gave no pattern');
  return pattern;
}

/** Per head, the mean of the last row's cumulative sums = sum over k of A[T - 1, k] (T - k) / T. */
function areasOf(pattern: Tensor): Float64Array {
  const [heads, queries, keys] = [axisSize(pattern, 'N'), axisSize(pattern, 'P'), axisSize(pattern, 'K')];
  return Float64Array.from({ length: heads }, (_, head) => {
    const start = ((head + 1) * queries - 1) * keys;
    let area = 0;
    for (let key = 0; key < keys; key++) area += ((pattern.data[start + key] ?? 0) * (keys - key)) / keys;
    return area;
  });
}
