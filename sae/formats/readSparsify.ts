/**
 * A dictionary of EleutherAI's sparsify: a folder with cfg.json and sae.safetensors, named after the module that it reads
 * (`layers.10`, `layers.10.mlp`). TopK of ReLU; b_dec is always taken from the input (its `SparseCoder.encode`).
 */
import { basename, dirname, join } from 'node:path';
import { ConfigReader } from '../../engine/arch/parts/config.ts';
import { isObject, readJsonObject } from '../../engine/files/readJson.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import type { DictionaryPlace } from '../../engine/results/dictionaries.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Dictionary } from '../dictionary.ts';
import type { InputSite } from '../input.ts';
import type { KnownKeys } from './configKeys.ts';
import { checkKeys } from './configKeys.ts';
import { readLabels } from './dictionaryFolder.ts';
import type { Foreign } from './foreign.ts';
import { asTheModelHasThem, importedOrigin, placeOrFault } from './foreign.ts';
import { checkTensorNames, readAxes, sizesFrom, tensorsOf } from './tensors.ts';

const CONFIG = 'cfg.json';
export const WEIGHTS = 'sae.safetensors';

const keys: KnownKeys = {
  handled: ['d_in', 'k', 'num_latents', 'expansion_factor'],
  // Of training: how the decoder was kept, and a second loss.
  ignored: ['normalize_decoder', 'multi_topk'],
  fixed: { activation: ['topk'], signed: [false, null], transcode: [false], skip_connection: [false] },
};

const sizes = { min: 1, max: 2 ** 24 };

/** Throws Fault for files that are missing, cut short or say what is not read. */
export async function readSparsify(folder: string, asked?: DictionaryPlace): Promise<Foreign> {
  const where = join(folder, CONFIG);
  const config = await readJsonObject(where);
  checkKeys(config, keys, where);
  const read = new ConfigReader(config, `of ${where}: `);
  const file = tensorsOf(join(folder, WEIGHTS), await readSafetensors(join(folder, WEIGHTS)));
  checkTensorNames(file, ['encoder.weight', 'encoder.bias', 'W_dec', 'b_dec']);
  const width = read.integer('d_in', sizes);
  const features = statedFeatures(read, width);
  const size = sizesFrom(file, 'W_dec', 'F D', { width, features });
  const weights: Dictionary['weights'] = new Map([
    ['W_enc', await readAxes(file, 'encoder.weight', 'D F', size, { transposed: true })],
    ['b_enc', await readAxes(file, 'encoder.bias', 'F', size)],
    ['W_dec', await readAxes(file, 'W_dec', 'F D', size)],
    ['b_dec', await readAxes(file, 'b_dec', 'D', size)],
  ]);
  const { model, dataset } = await trainingOf(folder);
  const name = basename(folder);
  const place = placeOrFault(asked, placeOfModule(name), { where: folder, got: name });
  const k = read.integer('k', sizes);
  const dictionary: Dictionary = {
    ...size,
    encoder: { kind: 'topK', k },
    weights,
    input: { ...place, ...asTheModelHasThem, scale: 1, normalisation: 'none', subtractsBias: true },
    origin: importedOrigin('sparsify', { k, module: name }, dataset),
    model: model === null ? null : { name: model, fingerprint: null },
    density: null,
    labels: await readLabels(folder),
  };
  return { dictionary, notes: asked === undefined ? [] : [`the place is the one asked for, not that of ${name}`] };
}

/** `num_latents`, or 0 there and a multiple of the width. */
function statedFeatures(read: ConfigReader, width: number): number | null {
  const features = read.integer('num_latents', { ...sizes, min: 0 }, 0);
  if (features > 0) return features;
  const factor = read.optionalInteger('expansion_factor', sizes);
  return factor === null ? null : factor * width;
}

const modules: Readonly<Record<string, InputSite>> = {
  '': 'residPost',
  mlp: 'mlpOut',
  attn: 'attnOut',
  self_attn: 'attnOut',
  attention: 'attnOut',
};

/** `layers.10`, `h.3.mlp`: the output of that module of a Hugging Face model. */
function placeOfModule(name: string): DictionaryPlace | null {
  const [, layer, module = ''] =
    /^(?:model\.|transformer\.|gpt_neox\.)?(?:layers|h)[._](\d{1,4})(?:\.(\w+))?$/.exec(name) ?? [];
  const site = Object.hasOwn(modules, module) ? modules[module] : undefined;
  return layer === undefined || site === undefined ? null : { site, layer: Number(layer), head: null };
}

/** config.json of the run, in the folder above: which model and which text. */
async function trainingOf(folder: string): Promise<{ readonly model: string | null; readonly dataset: string | null }> {
  const config = await readJsonObject(join(dirname(folder), 'config.json')).catch((error: unknown) => {
    if (error instanceof Fault) return {};
    throw error;
  });
  const text = (key: string) => {
    const value = isObject(config) ? config[key] : undefined;
    return typeof value === 'string' ? value : null;
  };
  return { model: text('model'), dataset: text('dataset') };
}
