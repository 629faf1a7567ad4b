/**
 * What heads are compared by, one vector a head; similarity is the cosine of two vectors.
 *
 *     pattern  sqrt(A[q, .]) of a sample of queries, one after the other: the cosine is the mean over those queries of
 *              sum over k of sqrt(A_a[q, k] A_b[q, k]), Bhattacharyya's coefficient (1943), where rows sum to 1
 *     write    the mean over queries of z[q] W_O
 *     scores   every head score, less its mean over heads and divided by its standard deviation: the cosine is a correlation
 */
import type { Model } from '../../run/index.ts';
import { patterns } from '../../run/patterns.ts';
import { seededRandom } from '../../tensor/random.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize } from '../../tensor/tensor.ts';
import type { ScorePrompt } from '../headScore.ts';
import { headScoreTable } from '../headScores.ts';
import { siteStream } from '../siteStream.ts';
import { readOutput } from '../weights/headMatrices.ts';

export type HeadFeature = 'pattern' | 'write' | 'scores';

export interface DescriptorsRequest {
  readonly prompts: readonly ScorePrompt[];
  /** Of the sampled queries and of the bootstrap of the scores. */
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** One vector for each head, layer by layer. */
export type Descriptors = readonly Float32Array[];

/** Attention weights kept of each head, at most: 16 kB a head, whatever the prompts. */
const PATTERN_VALUES = 4096;

export function describeHeads(model: Model, feature: HeadFeature, request: DescriptorsRequest): Promise<Descriptors> {
  switch (feature) {
    case 'pattern':
      return byPattern(model, request);
    case 'write':
      return byWrite(model, request);
    case 'scores':
      return byScores(model, request);
  }
}

interface SampledQuery {
  readonly row: number;
  readonly query: number;
}

/** As many queries as `PATTERN_VALUES` holds, all equally likely; the first query of a prompt sees only itself and is left out. */
function sampledQueries(prompts: readonly ScorePrompt[], seed: number): readonly SampledQuery[] {
  const all = prompts.flatMap(({ ids }, row) => ids.slice(1).map((_, i) => ({ row, query: i + 1 })));
  const longest = Math.max(...prompts.map(({ ids }) => ids.length));
  const count = Math.max(1, Math.floor(PATTERN_VALUES / longest));
  return seededRandom(seed).shuffled(all).slice(0, count);
}

async function byPattern(
  model: Model,
  { prompts, seed, signal, onProgress }: DescriptorsRequest,
): Promise<Descriptors> {
  const { layers, heads } = model.family.shape;
  const queries = sampledQueries(prompts, seed);
  const starts = startsOf(queries, prompts, model.family.causal);
  const found = Array.from({ length: layers * heads }, () => new Float32Array(starts.total));
  const rows = [...new Set(queries.map(({ row }) => row))];
  for (const [done, row] of rows.entries()) {
    const own = queries.flatMap((one, i) => (one.row === row ? [{ query: one.query, at: starts.at[i] ?? 0 }] : []));
    const ids = [prompts[row]?.ids ?? []];
    const events = patterns(model, { ids, ...(signal === undefined ? {} : { signal }) });
    for (;;) {
      const step = await model.exclusive(() => events.next());
      if (step.done === true) break;
      if (step.value.kind === 'pattern') takePattern(found, step.value, own);
    }
    onProgress?.(done + 1, rows.length);
  }
  return found;
}

/** Where each query's row begins in a descriptor. */
function startsOf(
  queries: readonly SampledQuery[],
  prompts: readonly ScorePrompt[],
  causal: boolean,
): { readonly at: readonly number[]; readonly total: number } {
  const at: number[] = [];
  let total = 0;
  for (const { row, query } of queries) {
    at.push(total);
    total += causal ? query + 1 : (prompts[row]?.ids.length ?? 0);
  }
  return { at, total };
}

function takePattern(
  into: readonly Float32Array[],
  { layer, from, pattern }: { readonly layer: number; readonly from: number; readonly pattern: Tensor },
  queries: readonly { readonly query: number; readonly at: number }[],
): void {
  const [heads, size, keys] = [axisSize(pattern, 'N'), axisSize(pattern, 'P'), axisSize(pattern, 'K')];
  for (const { query, at } of queries) {
    if (query < from || query >= from + size) continue;
    for (let head = 0; head < heads; head++) {
      const descriptor = into[layer * heads + head] as Float32Array;
      const start = (head * size + query - from) * keys;
      const seen = Math.min(keys, descriptor.length - at);
      for (let k = 0; k < seen && (k <= query || keys > query + 1); k++) {
        const weight = pattern.data[start + k] as number;
        if (weight > 0) descriptor[at + k] = Math.sqrt(weight);
      }
    }
  }
}

async function byWrite(model: Model, { prompts, signal, onProgress }: DescriptorsRequest): Promise<Descriptors> {
  const { layers, heads, headWidth, width } = model.family.shape;
  const sums = Array.from({ length: layers }, () => new Float64Array(heads * headWidth));
  let queries = 0;
  for (const [done, { ids }] of prompts.entries()) {
    for await (const event of siteStream(model, { ids: [ids], sites: ['z'], signal })) {
      const z = event.kind === 'sites' ? event.sites.get('z') : undefined;
      if (event.kind === 'sites' && z !== undefined) addPositions(sums[event.layer] as Float64Array, z, event.from);
    }
    queries += ids.length - 1;
    onProgress?.(done + 1, prompts.length);
  }
  const found: Float32Array[] = [];
  for (const [layer, sum] of sums.entries()) {
    const { data } = await readOutput(model, layer);
    for (let head = 0; head < heads; head++) {
      const write = new Float32Array(width);
      for (let h = head * headWidth; h < (head + 1) * headWidth; h++) {
        const z = (sum[h] as number) / Math.max(1, queries);
        for (let d = 0; d < width; d++) write[d] = (write[d] as number) + z * (data[h * width + d] as number);
      }
      found.push(write);
    }
  }
  return found;
}

/** Every position of a chunk [B 1, P, N, H] but the prompt's first. */
function addPositions(sum: Float64Array, z: Tensor, from: number): void {
  for (let p = from === 0 ? 1 : 0; p < axisSize(z, 'P'); p++) {
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (z.data[p * sum.length + i] as number);
  }
}

async function byScores(model: Model, { prompts, seed, signal, onProgress }: DescriptorsRequest): Promise<Descriptors> {
  const { layers, heads } = model.family.shape;
  const table = await headScoreTable(model, { prompts, seed, ...(signal === undefined ? {} : { signal }) });
  onProgress?.(1, 1);
  const columns = Object.values(table).map((rows) => standardised(rows.flat()));
  return Array.from({ length: layers * heads }, (_, at) => Float32Array.from(columns, (column) => column[at] ?? 0));
}

/** (x - mean) / standard deviation; 0 where all are alike. */
function standardised(values: readonly number[]): readonly number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (spread === 0 ? 0 : (value - mean) / spread));
}
