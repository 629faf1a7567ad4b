/**
 * A dictionary of SAELens: a folder with cfg.json and sae_weights.safetensors, and maybe sparsity.safetensors. Read as SAELens
 * 6.54.12 uses it, so that codes and reconstructions are the same: fixtures/dictionaries holds it to that.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readJsonObject } from '../../engine/files/readJson.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import type { DictionaryPlace } from '../../engine/results/dictionaries.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Dictionary, WeightName } from '../dictionary.ts';
import { weightAxes, weightNames } from '../dictionary.ts';
import type { DictionaryInput, Normalisation } from '../input.ts';
import { readLabels } from './dictionaryFolder.ts';
import { foldDecoderNorms, foldScale, layerNormRatio } from './fold.ts';
import type { Foreign } from './foreign.ts';
import { importedOrigin, placeOrFault } from './foreign.ts';
import type { SaeLensConfig } from './saeLensConfig.ts';
import { saeLensConfig } from './saeLensConfig.ts';
import type { Sizes, TensorFile } from './tensors.ts';
import { checkTensorNames, readAxes, readNumber, sizesFrom, tensorsOf } from './tensors.ts';

export const CONFIG = 'cfg.json';
export const WEIGHTS = 'sae_weights.safetensors';
export const SPARSITY = 'sparsity.safetensors';
const SCALER = 'activation_scaler.json';
/** What SAELens adds to a frequency before it takes the logarithm. */
export const SPARSITY_FLOOR = 1e-10;

/** Throws Fault for files that are missing, cut short or say what is not read. */
export async function readSaeLens(folder: string, asked?: DictionaryPlace): Promise<Foreign> {
  const where = join(folder, CONFIG);
  const config = saeLensConfig(await readJsonObject(where), where);
  const path = join(folder, WEIGHTS);
  const file = tensorsOf(path, await readSafetensors(path));
  checkTensorNames(file, [...weightNames(config.encoder), 'scaling_factor', 'topk_threshold']);
  await checkScalingFactor(file);
  const sizes = sizesFrom(file, 'W_dec', 'F D', config);
  const { scale, note } = await scaleOf(folder, config);
  const { encoder, weights } = foldScale(
    { encoder: config.encoder, weights: await readWeights(file, config, sizes) },
    config.normalisation === 'layer_norm' ? layerNormRatio(sizes.width) : 1,
  );
  const place = placeOrFault(asked, config.place, { where, got: config.hook ?? 'no hook_name' });
  const dictionary: Dictionary = {
    ...sizes,
    ...{ encoder, weights },
    input: inputOf(place, config, scale),
    origin: importedOrigin('saelens', settingsOf(config), config.dataset),
    model: config.model === null ? null : { name: config.model, fingerprint: null },
    density: await readDensity(folder, sizes),
    labels: await readLabels(folder),
  };
  return { dictionary, notes: [...config.notes, ...note, ...notesOn(config)] };
}

async function readWeights(
  file: TensorFile,
  config: SaeLensConfig,
  sizes: Sizes,
): Promise<ReadonlyMap<WeightName, Float32Array>> {
  const weights = new Map<WeightName, Float32Array>();
  for (const name of weightNames(config.encoder)) {
    const isConstant = name === 'threshold' && file.tensors.has('topk_threshold');
    weights.set(
      name,
      isConstant ? await constantThreshold(file, sizes) : await readAxes(file, name, weightAxes[name], sizes),
    );
  }
  // Its jumprelu is a ReLU, then the threshold: one below 0 lets no negative value through.
  const threshold = weights.get('threshold');
  if (threshold !== undefined)
    weights.set(
      'threshold',
      threshold.map((value) => Math.max(0, value)),
    );
  // Its pursuit adds b_dec to a reconstruction only where it was taken from the input.
  if (config.encoder.kind === 'matchingPursuit' && !config.subtractsBias) weights.get('b_dec')?.fill(0);
  return config.rescalesByDecoderNorm ? foldDecoderNorms(weights, sizes.width) : weights;
}

/** Of a training of BatchTopK: one threshold for all features (`process_state_dict_for_saving_inference`). */
async function constantThreshold(file: TensorFile, { features }: Sizes): Promise<Float32Array> {
  return new Float32Array(features).fill(await readNumber(file, 'topk_threshold'));
}

/** A factor after the encoder, which some versions wrote without using it: then it is 1 everywhere. */
async function checkScalingFactor({ path, tensors }: TensorFile): Promise<void> {
  const other = (await tensors.get('scaling_factor')?.read())?.find((value) => Math.abs(value - 1) > 1e-5);
  if (other === undefined) return;
  throw new Fault({
    what: 'a fine-tuned scaling_factor is not read',
    where: path,
    expected: '1 everywhere',
    got: `${other}`,
  });
}

const normalisations: Readonly<Record<SaeLensConfig['normalisation'], Normalisation>> = {
  none: 'none',
  expected_average_only_in: 'none',
  constant_norm_rescale: 'constantNorm',
  layer_norm: 'layerNorm',
};

function inputOf(place: DictionaryPlace, { processing, normalisation, subtractsBias }: SaeLensConfig, scale: number) {
  const { foldsValueBias, centresWrites } = processing;
  const hasValueBias = place.site === 'z' || place.site === 'headWrite';
  const input: DictionaryInput = {
    ...place,
    rows: 'token',
    valueBias: foldsValueBias && hasValueBias ? 'folded' : 'kept',
    centred: centresWrites && place.site !== 'z',
    ...{ scale, normalisation: normalisations[normalisation], subtractsBias },
  };
  return input;
}

/** `expected_average_only_in` is folded into the weights when a training ends; its checkpoints have the factor beside them. */
async function scaleOf(folder: string, { normalisation }: SaeLensConfig) {
  if (normalisation !== 'expected_average_only_in') return { scale: 1, note: [] };
  const path = join(folder, SCALER);
  const note = 'expected_average_only_in without its factor: inputs are used unscaled, as SAELens does';
  if ((await stat(path).catch(() => null)) === null) return { scale: 1, note: [note] };
  const { scaling_factor: factor } = await readJsonObject(path);
  if (factor === null) return { scale: 1, note: [note] };
  if (typeof factor === 'number' && factor > 0 && Number.isFinite(factor)) return { scale: factor, note: [] };
  throw new Fault({ what: 'scaling_factor', where: path, expected: 'a number above 0', got: String(factor) });
}

/** The file has log10(frequency + 1e-10). */
async function readDensity(folder: string, sizes: Sizes): Promise<Float32Array | null> {
  const path = join(folder, SPARSITY);
  if ((await stat(path).catch(() => null)) === null) return null;
  const file = tensorsOf(path, await readSafetensors(path));
  const logarithms = await readAxes(file, 'sparsity', 'F', sizes);
  return logarithms.map((value) => Math.min(1, Math.max(0, 10 ** value - SPARSITY_FLOOR)));
}

function settingsOf({ architecture, hook, version }: SaeLensConfig) {
  return { architecture, hook_name: hook, sae_lens_version: version };
}

function notesOn({ architecture, normalisation, encoder, subtractsBias }: SaeLensConfig): string[] {
  return [
    architecture.endsWith('batchtopk') ? [`${architecture} is used as jumprelu, as SAELens saves it`] : [],
    normalisation === 'layer_norm'
      ? ['layer_norm: SAELens adds 1e-5 to the deviation and divides by D - 1; the latter is folded into the weights']
      : [],
    encoder.kind === 'matchingPursuit' && !subtractsBias
      ? ['b_dec is not used where it is not subtracted: read as 0']
      : [],
  ].flat();
}
