/** What removed heads wrote on average, put into the output biases. */
import type { Architecture, Config, Family } from '../../arch/architecture.ts';
import { familyOf } from '../../arch/index.ts';
import type { Weight } from '../../arch/parts/weights.ts';
import { storedShape } from '../../arch/storedShape.ts';
import type { StoredTensor } from '../../files/modelFiles.ts';
import { readFloat32 } from '../../files/readTensor.ts';
import { Fault } from '../../terms/fault.ts';
import { tensorOf } from './headCuts.ts';
import type { HeadsByLayer } from './headsByLayer.ts';

type Tensors = ReadonlyMap<string, StoredTensor>;

/** A bias that is written beside or instead of what the checkpoint has. */
export interface NewBias {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface Compensation {
  /** With `attention_bias` where the family had no output bias before. */
  readonly config: Config;
  /** Output biases that hold the means. */
  readonly compensated: readonly NewBias[];
  /** Zeros for biases that the config asks for now. */
  readonly zeros: readonly NewBias[];
}

/** Mean z of every layer, [N H] each: what `meanOutputs` gives. */
export type MeanOutputs = readonly Float32Array[];

/**
 * `config` is that of the model to be. Throws Fault where the family has no place for an output bias.
 *
 * bias[d] += sum over removed heads n, entries h of mean(z)[n, h] W_O[n, h, d]      (FLAP, An et al. 2024, section 3.3)
 */
export async function biasCompensation(
  { architecture, family, tensors }: { architecture: Architecture; family: Family; tensors: Tensors },
  config: Config,
  removed: HeadsByLayer,
  means: MeanOutputs,
): Promise<Compensation> {
  const biased = withOutputBias(architecture, config);
  const target = familyOf(biased).family;
  const compensated: NewBias[] = [];
  for (const [layer, heads] of removed) {
    const { out } = family.description.block(layer).attention.part;
    const { bias } = target.description.block(layer).attention.part.out;
    const mean = means[layer];
    if (bias === null || mean === undefined) throw new RangeError(`no bias or no means for layer ${layer}`);
    const values = await meanWrite(out.weight, tensors, heads, mean);
    const present = tensorOf(bias.source, tensors);
    if (present !== undefined) addTo(values, await readFloat32(present));
    compensated.push({ name: present?.name ?? nameBeside(out.weight, bias, tensors), shape: [values.length], values });
  }
  const named = new Set(compensated.map(({ name }) => name));
  return { config: biased, compensated, zeros: missingBiases(target, tensors).filter(({ name }) => !named.has(name)) };
}

function withOutputBias(architecture: Architecture, config: Config): Config {
  if (hasOutputBias(config)) return config;
  const biased = { ...config, attention_bias: true };
  if (architecture.handled.includes('attention_bias') && hasOutputBias(biased)) return biased;
  throw new Fault({
    what: `${architecture.title} has no output bias in attention, and its config has no key for one: nothing can hold the mean output of removed heads`,
    where: '--bias-compensation',
    expected: 'a family with attention_bias, or one that has the bias',
  });
}

function hasOutputBias(config: Config): boolean {
  return familyOf(config).family.description.block(0).attention.part.out.bias !== null;
}

/** [D]: what these heads write when z is its mean. */
async function meanWrite(weight: Weight, tensors: Tensors, heads: readonly number[], mean: Float32Array) {
  const { source } = weight;
  const tensor = tensorOf(source, tensors);
  if (tensor === undefined) throw new RangeError(`no tensor for ${weight.name}`);
  const values = await readFloat32(tensor, source.rows);
  const [n, h, d] = [strideOf(weight, 'N'), strideOf(weight, 'H'), strideOf(weight, 'D')];
  const out = new Float64Array(d.size);
  for (const head of heads) {
    for (let entry = 0; entry < h.size; entry++) {
      const by = mean[head * h.size + entry] ?? 0;
      const at = head * n.stride + entry * h.stride;
      for (let i = 0; i < d.size; i++) out[i] = (out[i] ?? 0) + by * (values[at + i * d.stride] ?? 0);
    }
  }
  return Float32Array.from(out);
}

function strideOf({ name, source: { axes } }: Weight, letter: string): { size: number; stride: number } {
  const at = axes.findIndex(({ axis }) => axis === letter);
  const size = axes[at]?.size;
  if (size === undefined) throw new RangeError(`${name} has no axis ${letter}`);
  return { size, stride: axes.slice(at + 1).reduce((product, entry) => product * entry.size, 1) };
}

/** Biases that the family reads and the checkpoint lacks. */
function missingBiases(target: Family, tensors: Tensors): NewBias[] {
  return Array.from({ length: target.shape.layers }, (_, layer) => {
    const { weights } = target.block(layer);
    const { out } = target.description.block(layer).attention.part;
    return Object.entries(weights).flatMap(([name, source]) => {
      if (tensorOf(source, tensors) !== undefined) return [];
      if (source.start !== 0) throw new RangeError(`${name} is not in the checkpoint`);
      const shape = storedShape(source);
      const size = shape.reduce((product, length) => product * length, 1);
      const bias: Weight = { kind: 'weight', name, source };
      return [{ name: nameBeside(out.weight, bias, tensors), shape, values: new Float32Array(size) }];
    });
  }).flat();
}

/** The bias's name under the prefix that the checkpoint uses. */
function nameBeside({ source }: Weight, bias: Weight, tensors: Tensors): string {
  const prefix = source.tensors.findIndex((name) => tensors.has(name));
  const name = bias.source.tensors[prefix];
  if (name === undefined) throw new RangeError(`no name for ${bias.name}`);
  return name;
}

function addTo(sum: Float32Array, values: Float32Array): void {
  values.forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value));
}
