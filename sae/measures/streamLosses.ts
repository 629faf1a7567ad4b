/** What the model predicts from streams that come of the same text in different ways, a few positions at a time. */
import { Pass } from '../../engine/run/pass.ts';
import { makeBatch } from '../../engine/run/batch.ts';
import type { Model } from '../../engine/run/index.ts';
import { distribution, klDivergence, logSumExp } from '../../engine/tasks/metrics.ts';
import { sliceAxis } from '../../engine/tensor/positions.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';

export interface StreamLosses {
  /** Sums over predicted tokens, nats: of each stream -log p(next), and KL(first || second). */
  readonly losses: readonly number[];
  readonly kl: number;
  readonly tokens: number;
}

export interface StreamLossesRequest {
  readonly ids: readonly (readonly number[])[];
  /** residPost of the last layer, [B P D] each, padded on the right. */
  readonly streams: readonly Tensor[];
  /** Predictions at positions before it are not counted. */
  readonly skip: number;
  readonly signal?: AbortSignal | undefined;
}

/** Logits of one stream that are in memory at a time. */
const LOGITS = 2 ** 22;

export async function streamLosses(model: Model, request: StreamLossesRequest): Promise<StreamLosses> {
  const losses = request.streams.map(() => 0);
  let [kl, tokens] = [0, 0];
  const atOnce = Math.max(1, Math.floor(LOGITS / model.family.shape.outputVocabulary));
  for (const [row, ids] of request.ids.entries()) {
    for (let from = request.skip; from < ids.length - 1; from += atOnce) {
      request.signal?.throwIfAborted();
      const to = Math.min(from + atOnce, ids.length - 1);
      const logits = await logitsOf(model, request, row, [from, to]);
      const next = ids.slice(from + 1, to + 1);
      logits.forEach((own, i) => (losses[i] = (losses[i] as number) + lossOf(own, next)));
      kl += divergence(logits, next.length);
      tokens += next.length;
    }
  }
  return { losses, kl, tokens };
}

/** Of each stream [P V]. */
async function logitsOf(
  model: Model,
  { ids, streams }: StreamLossesRequest,
  row: number,
  [from, to]: readonly [number, number],
): Promise<Float32Array[]> {
  const slots = Array.from({ length: ids[row]?.length ?? 0 }, (_, slot) => slot);
  const batch = makeBatch([ids[row] ?? []], model.family, 'right');
  const pass = new Pass(model.family, model.programs, batch, { queries: slots, stream: slots, keys: slots.length });
  const parts: Float32Array[] = [];
  for (const stream of streams) {
    const part = sliceAxis(sliceAxis(stream, 'B', row, row + 1), 'P', from, to);
    parts.push((await model.exclusive(() => pass.unembed(part, new Map(), new Set()))).stream.data);
  }
  return parts;
}

function lossOf(logits: Float32Array, next: readonly number[]): number {
  const width = logits.length / next.length;
  return next.reduce((sum, id, p) => {
    const own = logits.subarray(p * width, (p + 1) * width);
    return sum + logSumExp(own) - (own[id] ?? NaN);
  }, 0);
}

function divergence([first, second]: readonly Float32Array[], positions: number): number {
  if (first === undefined || second === undefined) return 0;
  const width = first.length / positions;
  let sum = 0;
  for (let p = 0; p < positions; p++) {
    const [own, other] = [first, second].map((logits) => logits.subarray(p * width, (p + 1) * width));
    sum += klDivergence(distribution(own as Float32Array), other as Float32Array);
  }
  return sum;
}
