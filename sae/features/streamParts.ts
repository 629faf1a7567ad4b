/**
 * A reading of the stream, split among everything that was added to it: embedding, heads, attention biases, MLPs (as direct logit
 * attribution splits a logit). The parts add up to the reading; norms and factors after attention are taken into each head's part.
 */
import type { Activations, Capture, Model } from '../../engine/run/index.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { axisSize } from '../../engine/tensor/tensor.ts';
import type { AttentionReading } from './attentionReads.ts';
import { AttentionReads } from './attentionReads.ts';
import { product } from '../product.ts';

/** The stream before a layer, or after its attention or its MLP. */
export interface StreamPlace {
  readonly layer: number;
  readonly after: 'nothing' | 'attention' | 'mlp';
}

export interface StreamReading {
  readonly position: number;
  /** [D] */
  readonly reader: Float64Array;
}

export interface StreamPart {
  /** `embed`, `L3H2`, `L3 attention bias`, `L3MLP`. */
  readonly part: string;
  readonly value: number;
}

/** What was added up to there. */
export function partsCapture({ family }: Model, { layer, after }: StreamPlace): Capture[] {
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
  const attention = upTo(after === 'nothing' ? layer : layer + 1);
  const mlps = family.lacks.mlpOut === undefined ? upTo(after === 'mlp' ? layer + 1 : layer) : [];
  return [
    { site: 'embed' },
    ...(attention.length === 0 ? [] : [{ site: 'z', layers: attention } as const]),
    ...(mlps.length === 0 ? [] : [{ site: 'mlpOut', layers: mlps } as const]),
  ];
}

/** By reading. `onAttention` sees what reads the attention of a layer, of each reading; weights are read a layer at a time. */
export async function streamParts(
  model: Model,
  activations: Activations,
  place: StreamPlace,
  readings: readonly StreamReading[],
  onAttention: (layer: number, reading: number, found: AttentionReading) => void = () => undefined,
): Promise<StreamPart[][]> {
  const parts = readings.map(({ position, reader }): StreamPart[] => [
    { part: 'embed', value: product(vectorAt(activations.get('embed'), position), reader) },
  ]);
  const { heads, layers } = model.family.shape;
  for (let layer = 0; layer < Math.min(layers, place.layer + 1); layer++) {
    const isLast = layer === place.layer;
    if (isLast && place.after === 'nothing') break;
    const attention = await AttentionReads.of(model, layer);
    const hasMlp = model.family.lacks.mlpOut === undefined && (!isLast || place.after === 'mlp');
    for (const [i, { position, reader }] of readings.entries()) {
      const z = vectorAt(activations.get('z', layer), position);
      const found = attention.of(z, reader);
      onAttention(layer, i, found);
      const own = parts[i] as StreamPart[];
      own.push(...headParts(layer, heads, z, found.heads));
      if (found.constant !== 0) own.push({ part: `L${layer} attention bias`, value: found.constant });
      if (!hasMlp) continue;
      own.push({ part: `L${layer}MLP`, value: product(vectorAt(activations.get('mlpOut', layer), position), reader) });
    }
  }
  return parts;
}

function headParts(layer: number, heads: number, z: Float32Array, reads: Float64Array): StreamPart[] {
  const width = z.length / heads;
  return Array.from({ length: heads }, (_, head) => {
    const [from, to] = [head * width, (head + 1) * width];
    return { part: `L${layer}H${head}`, value: product(z.subarray(from, to), reads.subarray(from, to)) };
  });
}

/** All values of one position of the only row. */
export function vectorAt(x: Tensor, position: number): Float32Array {
  const width = x.data.length / axisSize(x, 'P');
  return x.data.subarray(position * width, (position + 1) * width);
}
