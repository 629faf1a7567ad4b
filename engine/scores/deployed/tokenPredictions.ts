/** How well a model, edited or not, predicts tokens of a text that is given to it. */
import { makeBatch } from '../../run/batch.ts';
import { everySlot } from '../../run/cleanRun.ts';
import { forward } from '../../run/forward.ts';
import type { Model } from '../../run/index.ts';
import { Pass } from '../../run/pass.ts';
import { logSumExp } from '../../tasks/metrics.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize, tensor } from '../../tensor/tensor.ts';
import type { Edit } from '../../terms/edits.ts';

export interface TokenPrediction {
  /** Natural logarithm of the token's probability after all before it. */
  readonly logProbability: number;
  /** No other token is more probable. */
  readonly isFirst: boolean;
}

export interface PredictionRequest {
  readonly ids: readonly number[];
  /** Positions of the predicted tokens, from 1 on. */
  readonly positions: readonly number[];
  /** At sites of blocks. */
  readonly edits: readonly Edit[];
  readonly signal?: AbortSignal | undefined;
}

/** Positions whose logits are in memory at once. */
const LOGITS_AT_ONCE = 64;

/** In the order of `positions`. To be called within the model's turn. Throws Fault for a text or edits that don't fit. */
export async function tokenPredictions(model: Model, request: PredictionRequest): Promise<TokenPrediction[]> {
  const { ids, positions, edits, signal } = request;
  const last = model.family.shape.layers - 1;
  const capture = [{ site: 'residPost', layers: [last] }] as const;
  const stopped = signal === undefined ? {} : { signal };
  const run = await forward(model, { ids: [ids], edits, capture, logits: 'none', ...stopped });
  const stream = run.get('residPost', last);
  const batch = makeBatch([ids], model.family, 'right');
  const pass = new Pass(model.family, model.programs, batch, everySlot(batch));
  const found: TokenPrediction[] = [];
  for (let from = 0; from < positions.length; from += LOGITS_AT_ONCE) {
    signal?.throwIfAborted();
    const some = positions.slice(from, from + LOGITS_AT_ONCE);
    const before = rowsAt(
      stream,
      some.map((position) => position - 1),
    );
    const { stream: logits } = await pass.unembed(before, new Map(), new Set());
    found.push(...some.map((position, i) => predictionOf(logits, i, ids[position] ?? 0)));
  }
  return found;
}

/** [B 1 P D] at some positions. */
function rowsAt(stream: Tensor, positions: readonly number[]): Tensor {
  const width = axisSize(stream, 'D');
  const data = new Float32Array(positions.length * width);
  positions.forEach((position, i) => {
    data.set(stream.data.subarray(position * width, (position + 1) * width), i * width);
  });
  return tensor(data, [
    { axis: 'B', size: 1 },
    { axis: 'P', size: positions.length },
    { axis: 'D', size: width },
  ]);
}

function predictionOf(logits: Tensor, row: number, id: number): TokenPrediction {
  const width = axisSize(logits, 'V');
  const all = logits.data.subarray(row * width, (row + 1) * width);
  const own = all[id] ?? NaN;
  return { logProbability: own - logSumExp(all), isFirst: all.every((logit) => logit <= own) };
}
