/** What the model predicts from streams that come of the same text in different ways, a few positions at a time. */
import { Pass } from '../../engine/run/pass.ts';
import { makeBatch } from '../../engine/run/batch.ts';
import type { Model } from '../../engine/run/index.ts';
import { distribution, klDivergence, logSumExp } from '../../engine/tasks/metrics.ts';
import { sliceAxis } from '../../engine/tensor/positions.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';

/** Sums over the predicted tokens of one row, in nats. */
export interface RowLosses {
  /** Of each stream, -log p(next). */
  readonly losses: readonly number[];
  /** Of each stream, KL(first || stream). */
  readonly kl: readonly number[];
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
const LOGITS = 2 ** 21;

/** In the order of `ids`. */
export async function streamLosses(model: Model, request: StreamLossesRequest): Promise<readonly RowLosses[]> {
  const rows: RowLosses[] = [];
  for (const row of request.ids.keys()) rows.push(await rowLosses(model, request, row));
  return rows;
}

async function rowLosses(model: Model, request: StreamLossesRequest, row: number): Promise<RowLosses> {
  const ids = request.ids[row] ?? [];
  const losses = request.streams.map(() => 0);
  const kl = request.streams.map(() => 0);
  let tokens = 0;
  const atOnce = Math.max(1, Math.floor(LOGITS / model.family.shape.outputVocabulary));
  for (let from = request.skip; from < ids.length - 1; from += atOnce) {
    request.signal?.throwIfAborted();
    const to = Math.min(from + atOnce, ids.length - 1);
    const logits = await logitsOf(model, request, row, [from, to]);
    const next = ids.slice(from + 1, to + 1);
    addTo(
      losses,
      logits.map((own) => lossOf(own, next)),
    );
    addTo(kl, divergences(logits, next.length));
    tokens += next.length;
  }
  return { losses, kl, tokens };
}

function addTo(sums: number[], values: readonly number[]): void {
  values.forEach((value, i) => (sums[i] = (sums[i] as number) + value));
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

/** KL(first || stream) of each, summed over positions. */
function divergences(streams: readonly Float32Array[], positions: number): number[] {
  const sums = streams.map(() => 0);
  const at = (logits: Float32Array, p: number) => {
    const width = logits.length / positions;
    return logits.subarray(p * width, (p + 1) * width);
  };
  const [first, ...others] = streams;
  for (let p = 0; first !== undefined && p < positions; p++) {
    const own = distribution(at(first, p));
    addTo(sums, [0, ...others.map((other) => klDivergence(own, at(other, p)))]);
  }
  return sums;
}
