/** A measure of attention at chunks of queries, and single rows of it; what is small is kept. */
import { sliceAxis } from '../../tensor/positions.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize, tensor } from '../../tensor/tensor.ts';
import type { AttentionRequest } from './attentionAnswers.ts';
import type { ByteBudget } from './kept.ts';
import { Kept } from './kept.ts';
import type { LayerRuns, RunsHost } from './layerRuns.ts';
import type { QueryChunk } from './queryChunks.ts';
import { ValueNorms } from './valueNorms.ts';

export class MeasuredChunks {
  readonly #budget: ByteBudget;
  readonly #runs: LayerRuns;
  readonly #norms: ValueNorms;
  readonly #kept = new Map<string, Kept<Tensor>>();

  constructor(host: RunsHost, runs: LayerRuns, budget: ByteBudget) {
    this.#budget = budget;
    this.#runs = runs;
    this.#norms = new ValueNorms(host, runs, budget);
  }

  drop(): void {
    this.#norms.drop();
    for (const kept of this.#kept.values()) kept.drop();
  }

  /** All heads, [B 1, N, P, K]; the caller's own. */
  async all(request: AttentionRequest, chunk: QueryChunk): Promise<Tensor> {
    return this.#weighted(await this.#runs.patternAt(request.layer, chunk, request), request);
  }

  /** One head, [B 1, N 1, P, K]: kept, for the windows of a head lie beside each other. */
  head(request: AttentionRequest & { readonly head: number }, chunk: QueryChunk): Promise<Tensor> {
    const { head } = request;
    return this.kept(`head ${head} ${chunk.index}`, request, async () =>
      sliceAxis(await this.all(request, chunk), 'N', head, head + 1),
    );
  }

  /** One query of all heads, [B 1, N, P 1, K]. */
  async row(request: AttentionRequest & { readonly query: number }): Promise<Tensor> {
    return this.#weighted(await this.#runs.patternAtQuery(request.layer, request.query, request), request);
  }

  /** A value of the layer and measure under this name: made where it is not there. */
  async kept(name: string, { layer, measure }: AttentionRequest, make: () => Promise<Tensor>): Promise<Tensor> {
    const key = `${layer} ${measure ?? 'pattern'} ${name}`;
    const kept = this.#kept.get(key) ?? new Kept<Tensor>(this.#budget);
    const known = kept.get();
    if (known !== undefined) return known;
    const made = await make();
    this.#kept.set(key, kept);
    kept.set(made, made.data.byteLength);
    return made;
  }

  async #weighted(pattern: Tensor, request: AttentionRequest): Promise<Tensor> {
    if (request.measure !== 'valueWeighted') return pattern;
    return weighted(pattern, await this.#norms.upTo(request.layer, axisSize(pattern, 'K'), request));
  }
}

/** A_qk ||v_k W_O,h||; norms: [N K]. */
function weighted(pattern: Tensor, norms: Float32Array): Tensor {
  const [queries, keys] = [axisSize(pattern, 'P'), axisSize(pattern, 'K')];
  const data = new Float32Array(pattern.data.length);
  for (let row = 0, i = 0; i < data.length; row++) {
    const head = Math.floor(row / queries) * keys;
    for (let k = 0; k < keys; k++, i++) data[i] = (pattern.data[i] as number) * (norms[head + k] as number);
  }
  return tensor(data, pattern.axes);
}
