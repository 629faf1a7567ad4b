/**
 * A dictionary of dictionary_learning whose state was saved as safetensors: a folder with config.json ({trainer, buffer}) and
 * ae.safetensors, or one .safetensors file of another name. Matrices of `nn.Linear` lie as [out, in] there.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigReader } from '../../engine/arch/parts/config.ts';
import { cannotRead, readJsonObject } from '../../engine/files/readJson.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import type { DictionaryPlace } from '../../engine/results/dictionaries.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Dictionary, Encoder, WeightName } from '../dictionary.ts';
import { weightAxes, weightNames } from '../dictionary.ts';
import type { InputSite } from '../input.ts';
import { readLabels } from './dictionaryFolder.ts';
import type { Foreign } from './foreign.ts';
import { asTheModelHasThem, importedOrigin, placeOrFault } from './foreign.ts';
import type { Sizes, TensorFile } from './tensors.ts';
import { checkTensorNames, readAxes, readNumber, sizesFrom, tensorsOf } from './tensors.ts';

export const CONFIG = 'config.json';
/** The name that the library gives it, but for the ending. */
const WEIGHTS = 'ae.safetensors';

interface ClassForm {
  readonly encoder: 'relu' | 'gated' | 'topK' | 'jumpReLU';
  readonly subtractsBias: boolean;
  /** Our weight and its name in the file; nn.Linear's are transposed. */
  readonly names: Readonly<Partial<Record<WeightName, string>>>;
  /** One threshold for all features. */
  readonly constantThreshold: boolean;
}

const linear = { W_enc: 'encoder.weight', b_enc: 'encoder.bias', W_dec: 'decoder.weight' } as const;
const plain = { W_enc: 'W_enc', b_enc: 'b_enc', W_dec: 'W_dec', b_dec: 'b_dec' } as const;

/** `dict_class` of the trainer. */
const classes: Readonly<Record<string, ClassForm>> = {
  AutoEncoder: { encoder: 'relu', subtractsBias: true, names: { ...linear, b_dec: 'bias' }, constantThreshold: false },
  AutoEncoderNew: {
    encoder: 'relu',
    subtractsBias: false,
    names: { ...linear, b_dec: 'decoder.bias' },
    constantThreshold: false,
  },
  GatedAutoEncoder: {
    encoder: 'gated',
    subtractsBias: true,
    names: {
      W_enc: 'encoder.weight',
      W_dec: 'decoder.weight',
      b_dec: 'decoder_bias',
      r_mag: 'r_mag',
      b_gate: 'gate_bias',
      b_mag: 'mag_bias',
    },
    constantThreshold: false,
  },
  AutoEncoderTopK: {
    encoder: 'topK',
    subtractsBias: true,
    names: { ...linear, b_dec: 'b_dec' },
    constantThreshold: false,
  },
  BatchTopKSAE: {
    encoder: 'jumpReLU',
    subtractsBias: true,
    names: { ...linear, b_dec: 'b_dec' },
    constantThreshold: true,
  },
  MatryoshkaBatchTopKSAE: { encoder: 'jumpReLU', subtractsBias: true, names: plain, constantThreshold: true },
  // Takes no b_dec from the input.
  JumpReluAutoEncoder: {
    encoder: 'jumpReLU',
    subtractsBias: false,
    names: { ...plain, threshold: 'threshold' },
    constantThreshold: false,
  },
};

const sizes = { min: 1, max: 2 ** 24 };

/** Throws Fault for files that are missing, cut short or say what is not read. */
export async function readDictionaryLearning(folder: string, asked?: DictionaryPlace): Promise<Foreign> {
  const where = join(folder, CONFIG);
  const trainer = new ConfigReader(await readJsonObject(where), `of ${where}: `).object('trainer');
  if (trainer === null) throw new Fault({ what: 'no trainer', where, expected: '{"trainer": {...}}' });
  const name = trainer.choice('dict_class', Object.keys(classes));
  const form = classes[name] as ClassForm;
  const path = await weightsFile(folder);
  const file = tensorsOf(path, await readSafetensors(path));
  checkTensorNames(file, [...Object.values(form.names), 'k', 'threshold', 'group_sizes']);
  const isLinear = form.names.W_dec === 'decoder.weight';
  const size = sizesFrom(file, form.names.W_dec as string, isLinear ? 'D F' : 'F D', {
    width: trainer.optionalInteger('activation_dim', sizes),
    features: trainer.optionalInteger('dict_size', sizes),
  });
  const place = placeOrFault(asked, placeOf(trainer), { where, got: textOf(trainer, 'submodule_name') ?? 'no layer' });
  const encoder: Encoder =
    form.encoder === 'topK' ? { kind: 'topK', k: trainer.integer('k', sizes) } : { kind: form.encoder };
  const model = textOf(trainer, 'lm_name');
  const dictionary: Dictionary = {
    ...size,
    encoder,
    weights: await readWeights(file, form, encoder, size),
    input: {
      ...{ ...place, ...asTheModelHasThem, scale: 1, normalisation: 'none' },
      subtractsBias: form.subtractsBias,
    },
    origin: importedOrigin('dictionary-learning', { dict_class: name }, null),
    model: model === null ? null : { name: model, fingerprint: null },
    density: null,
    labels: await readLabels(folder),
  };
  return {
    dictionary,
    notes: form.constantThreshold ? ['one threshold for all features, as in its use after training'] : [],
  };
}

async function readWeights(
  file: TensorFile,
  { names, constantThreshold }: ClassForm,
  encoder: Encoder,
  size: Sizes,
): Promise<ReadonlyMap<WeightName, Float32Array>> {
  const weights = new Map<WeightName, Float32Array>();
  for (const name of weightNames(encoder)) {
    if (name === 'threshold' && constantThreshold) {
      // -1 until it was first measured: a ReLU.
      weights.set(name, new Float32Array(size.features).fill(Math.max(0, await readNumber(file, 'threshold'))));
      continue;
    }
    const stored = names[name] ?? name;
    const values = await readAxes(file, stored, weightAxes[name], size, { transposed: stored.endsWith('.weight') });
    weights.set(name, name === 'threshold' ? values.map((value) => Math.max(0, value)) : values);
  }
  return weights;
}

const submodules: readonly (readonly [RegExp, InputSite])[] = [
  [/^(resid_post|residual)/, 'residPost'],
  [/^(attn|attention)_out/, 'attnOut'],
  [/^mlp_out/, 'mlpOut'],
];

/** Its submodules are named `resid_post_layer_8`, `attention_out_layer_8`, `mlp_out_layer_8`. */
function placeOf(trainer: ConfigReader): DictionaryPlace | null {
  const submodule = textOf(trainer, 'submodule_name');
  const layer = trainer.optionalInteger('layer', { min: 0, max: 4096 });
  const site = submodules.find(([form]) => submodule !== null && form.test(submodule))?.[1];
  return layer === null || site === undefined ? null : { site, layer, head: null };
}

function textOf(read: ConfigReader, key: string): string | null {
  const value = read.config[key];
  return typeof value === 'string' ? value : null;
}

async function weightsFile(folder: string): Promise<string> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw cannotRead(folder, error);
  });
  const found = names.includes(WEIGHTS) ? [WEIGHTS] : names.filter((name) => name.endsWith('.safetensors'));
  const [only] = found;
  if (only !== undefined && found.length === 1) return join(folder, only);
  throw new Fault({ what: 'weights', where: folder, expected: 'one .safetensors file', got: `${found.length}` });
}
