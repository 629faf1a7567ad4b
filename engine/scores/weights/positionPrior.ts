/**
 * W5. What positions alone make a head look at: the pattern of a layer whose stream is, at every position, the mean token
 * embedding with that position. Rotary, learned positions, ALiBi, windows, head norms and biases act as they do in the model; of
 * layers before it nothing is there: a direct path.
 */
import { makeBatch } from '../../run/batch.ts';
import { everySlot } from '../../run/cleanRun.ts';
import type { Model } from '../../run/index.ts';
import { Pass } from '../../run/pass.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize } from '../../tensor/tensor.ts';
import { relabel } from './arrange.ts';
import { readWeight } from './readWeight.ts';

/** Positions of the pattern; fewer where the context does not hold them. */
const POSITIONS = 64;

/** [B 1, P, D]: the mean embedding at every position, with what the family adds for positions. */
export async function placelessStream({ files, family }: Model, mean: Float32Array): Promise<Tensor> {
  const { shape, description } = family;
  const positions = Math.min(POSITIONS, shape.context);
  const data = new Float32Array(positions * shape.width);
  for (let p = 0; p < positions; p++) data.set(mean, p * shape.width);
  const table = description.embedding.positions;
  if (table !== null) {
    const { data: rows } = await readWeight(files, table, [0, positions]);
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) + (rows[i] as number);
  }
  return relabel({ data, axes: [] }, 'B P D', [1, positions, shape.width]);
}

/** mean over q >= 1 of A[q, q - 1], for each head of a layer. */
export async function previousFromPositions(model: Model, layer: number, stream: Tensor): Promise<readonly number[]> {
  const positions = axisSize(stream, 'P');
  const batch = makeBatch([Array<number>(positions).fill(0)], model.family, 'right');
  const pass = new Pass(model.family, model.programs, batch, everySlot(batch));
  const { captured } = await model.exclusive(() =>
    pass.block({
      ...{ layer, residPre: stream, edits: new Map(), keepsCache: false },
      capture: new Set(['pattern']),
    }),
  );
  const pattern = captured.get('pattern');
  if (pattern === undefined) throw new RangeError('a block gave no pattern');
  return Array.from({ length: axisSize(pattern, 'N') }, (_, n) => {
    const at = n * positions * positions;
    let sum = 0;
    for (let q = 1; q < positions; q++) sum += pattern.data[at + q * positions + q - 1] as number;
    return sum / (positions - 1);
  });
}
