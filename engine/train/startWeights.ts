/** Weights before training. */
import type { WeightSource } from '../arch/architecture.ts';
import type { Random } from '../tensor/random.ts';
import type { TrainedWeight } from './modelGraph.ts';

export interface StartSettings {
  /** Standard deviation of the embedding's values. */
  readonly embedding: number;
  /** Of every other matrix; `fanIn`: 1 / sqrt(the number of values that are summed). */
  readonly matrices: number | 'fanIn';
  /** What writes to the stream is divided by sqrt(2 layers) (Radford et al. 2019, section 2.3). */
  readonly scaledOutputs: boolean;
}

/**
 * Gains and biases at the value that the family states, everything else normal with mean 0. Drawn in the order of the
 * model: the same seed gives the same weights.
 */
export function startWeights(
  weights: readonly TrainedWeight[],
  layers: number,
  settings: StartSettings,
  random: Random,
): Map<string, Float32Array> {
  return new Map(weights.map(({ name, source }) => [name, valuesOf(source, layers, settings, random)] as const));
}

function valuesOf(source: WeightSource, layers: number, settings: StartSettings, random: Random): Float32Array {
  const count = source.axes.reduce((product, { size }) => product * size, 1);
  if (source.start !== undefined) return new Float32Array(count).fill(source.start);
  const deviation = deviationOf(source, layers, settings);
  return Float32Array.from({ length: count }, () => deviation * random.normal());
}

function deviationOf(source: WeightSource, layers: number, settings: StartSettings): number {
  const { axes } = source;
  if (axes.some(({ axis }) => axis === 'S') || isEmbedding(source)) return settings.embedding;
  const scale = settings.scaledOutputs && writesToStream(source) ? 1 / Math.sqrt(2 * layers) : 1;
  return scale * (settings.matrices === 'fanIn' ? 1 / Math.sqrt(summed(source)) : settings.matrices);
}

const has = ({ axes }: WeightSource, ...letters: readonly string[]): boolean =>
  letters.some((letter) => axes.some(({ axis }) => axis === letter));

/** The table of tokens; an unembedding is told by its name, for its axes are the same. */
function isEmbedding(source: WeightSource): boolean {
  return has(source, 'V') && !source.tensors.some((name) => /(lm_head|embed_out|unembed)/.test(name));
}

/** The output projection of attention (N H and D) and the down projection (D M): told from those that read by their names. */
function writesToStream({ tensors }: WeightSource): boolean {
  const [name = ''] = tensors;
  return /(o_proj|c_proj|out_proj|dense|dense_4h_to_h|down_proj|fc2|fc_out|W_O|W_out)(\.weight)?$/.test(name);
}

/** How many values of the input make one of the output. */
function summed(source: WeightSource): number {
  const size = (letters: string) =>
    source.axes.reduce((product, { axis, size: n }) => (letters.includes(axis) ? product * n : product), 1);
  if (writesToStream(source)) return size('NGRCHM');
  // Where the embedding is narrower than the stream (OPT), the unembedding and the way in sum F.
  return has(source, 'F') && !source.tensors.some((name) => /project_out/.test(name)) ? size('F') : size('D');
}
