/**
 * A dictionary as a folder that SAELens loads (`SAE.load_from_disk`; written as 6.54.12 writes): cfg.json,
 * sae_weights.safetensors, sparsity.safetensors where densities are known, and labels.json, which SAELens does not read.
 * What SAELens has no form for is refused: nothing is written that it would use in another way.
 */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../../engine/files/writeAtomically.ts';
import { writeSafetensors } from '../../engine/files/writeSafetensors.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Dictionary, Encoder } from '../dictionary.ts';
import { weightNames, weightOf } from '../dictionary.ts';
import type { DictionaryInput } from '../input.ts';
import { describeInput } from '../input.ts';
import { LABELS, labelsText, weightShape, writeLabels } from './dictionaryFolder.ts';
import { foldScale, layerNormRatio } from './fold.ts';
import { hookOfPlace } from './hookName.ts';
import { CONFIG, SPARSITY, SPARSITY_FLOOR, WEIGHTS } from './readSaeLens.ts';

/** The version whose form this is: since 6.0 what describes the training stands in `metadata`. */
const VERSION = '6.54.12';

export interface Written {
  readonly files: readonly string[];
  readonly notes: readonly string[];
}

/** Throws Fault for a dictionary that SAELens has no form for, and for files that are there already. */
export async function writeSaeLens(folder: string, dictionary: Dictionary): Promise<Written> {
  const form = formOf(dictionary);
  const config = configOf(form.dictionary);
  const { density, labels } = dictionary;
  labelsText(folder, labels);
  const names = [CONFIG, WEIGHTS, ...(density === null ? [] : [SPARSITY]), ...(labels.size === 0 ? [] : [LABELS])];
  await makeFolder(folder, names);
  await writeAtomically(join(folder, CONFIG), [Buffer.from(`${JSON.stringify(config, null, 2)}\n`)]);
  await writeSafetensors(join(folder, WEIGHTS), tensorsOf(form.dictionary));
  if (density !== null) {
    const sparsity = density.map((share) => Math.log10(share + SPARSITY_FLOOR));
    await writeSafetensors(join(folder, SPARSITY), [{ name: 'sparsity', shape: [density.length], data: sparsity }]);
  }
  if (labels.size > 0) await writeLabels(folder, labels);
  return { files: names.map((name) => join(folder, name)), notes: form.notes };
}

async function makeFolder(folder: string, names: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new Fault({ what: 'the folder cannot be made', where: folder, got: String(error) });
  });
  for (const name of names) {
    const path = join(folder, name);
    if ((await stat(path).catch(() => null)) === null) continue;
    throw new Fault({ what: 'the file exists already', where: path, expected: 'a new folder' });
  }
}

function tensorsOf(dictionary: Dictionary) {
  return weightNames(dictionary.encoder).map((name) => ({
    name,
    shape: weightShape(dictionary, name),
    data: weightOf(dictionary, name),
  }));
}

/** The same dictionary without what SAELens can't say: its scale folded, its normalisation that of SAELens. */
function formOf(dictionary: Dictionary): { readonly dictionary: Dictionary; readonly notes: readonly string[] } {
  refuseUnsayable(dictionary);
  const factor = foldedFactor(dictionary);
  const folded = foldScale(dictionary, factor);
  const input = { ...dictionary.input, scale: 1 };
  return { dictionary: { ...dictionary, ...folded, input }, notes: notesOn(dictionary, factor) };
}

/** What our input is of SAELens': a scale cancels in both normalisations. */
function foldedFactor({ input, width }: Dictionary): number {
  if (input.normalisation === 'layerNorm') return 1 / layerNormRatio(width);
  return input.normalisation === 'none' ? input.scale : 1;
}

const architectures: Readonly<Partial<Record<Encoder['kind'], string>>> = {
  relu: 'standard',
  gated: 'gated',
  topK: 'topk',
  jumpReLU: 'jumprelu',
  matchingPursuit: 'matching_pursuit',
};

function refuseUnsayable(dictionary: Dictionary): void {
  const { encoder, input } = dictionary;
  const refuse = (what: string, expected: string, got: string): never => {
    throw new Fault({ what: `SAELens has no form for ${what}`, where: describeInput(input), expected, got });
  };
  if (architectures[encoder.kind] === undefined)
    refuse(`a ${encoder.kind} encoder`, Object.keys(architectures).join(', '), encoder.kind);
  if (encoder.kind === 'matchingPursuit') {
    const { relativeThreshold = 0 } = encoder;
    if (relativeThreshold > 0) refuse('a relative threshold of a pursuit', '0', `${relativeThreshold}`);
    if (!input.subtractsBias && weightOf(dictionary, 'b_dec').some((value) => value !== 0))
      refuse('a pursuit whose b_dec is added but not subtracted', 'b_dec of zeros', 'other values');
  }
  if (encoder.kind === 'jumpReLU') {
    const below = weightOf(dictionary, 'threshold').find((value) => value < 0);
    if (below !== undefined) refuse('a threshold below 0', 'thresholds from 0', `${below}`);
  }
}

function notesOn({ encoder, input }: Dictionary, factor: number): string[] {
  const isPursuit = encoder.kind === 'matchingPursuit';
  return [
    factor !== 1 && input.normalisation === 'none' ? [`inputs are scaled by ${factor}: folded into the weights`] : [],
    factor !== 1 && isPursuit ? [`codes come out divided by ${factor}`] : [],
    input.normalisation === 'layerNorm' ? ['layer_norm: SAELens adds 1e-5 to the deviation'] : [],
    hookOfPlace(input) === null ? [`hook_name is left out: ${describeInput(input)} is no one hook`] : [],
    input.rows === 'promptMean'
      ? ['its rows are means over the positions of a prompt, which SAELens does not know']
      : [],
  ].flat();
}

const normalisations: Readonly<Record<DictionaryInput['normalisation'], string>> = {
  none: 'none',
  constantNorm: 'constant_norm_rescale',
  layerNorm: 'layer_norm',
};

function configOf(dictionary: Dictionary): Record<string, unknown> {
  const { width, features, encoder, input } = dictionary;
  return {
    architecture: architectures[encoder.kind],
    d_in: width,
    d_sae: features,
    dtype: 'float32',
    device: 'cpu',
    apply_b_dec_to_input: input.subtractsBias,
    normalize_activations: normalisations[input.normalisation],
    reshape_activations: input.site === 'z' && input.head === 'concatenated' ? 'hook_z' : 'none',
    ...encoderKeys(encoder),
    metadata: metadataOf(dictionary),
  };
}

function encoderKeys(encoder: Encoder): Record<string, unknown> {
  if (encoder.kind === 'topK') return { k: encoder.k, rescale_acts_by_decoder_norm: false };
  if (encoder.kind !== 'matchingPursuit') return {};
  const { residualThreshold, steps, stopsOnRepeat } = encoder;
  return { residual_threshold: residualThreshold, max_iterations: steps, stop_on_duplicate_support: stopsOnRepeat };
}

function metadataOf({ input, model, origin }: Dictionary): Record<string, unknown> {
  const { site, layer, head } = input;
  const hook = hookOfPlace(input);
  return {
    sae_lens_version: VERSION,
    sae_lens_training_version: null,
    ...(model === null ? {} : { model_name: model.name }),
    ...(hook === null ? {} : { hook_name: hook }),
    hook_head_index: typeof head === 'number' ? head : null,
    model_from_pretrained_kwargs: processingOf(input),
    ...(origin.text === null ? {} : { dataset_path: origin.text }),
    headscope: { place: { site, layer, head }, reads: describeInput(input), made: origin.made, by: origin.by },
  };
}

/** What `HookedTransformer.from_pretrained_no_processing` must be asked for to give the same values. */
function processingOf({ valueBias, centred }: DictionaryInput): Record<string, true> {
  return {
    ...(valueBias === 'folded' ? { fold_ln: true, fold_value_biases: true } : {}),
    ...(centred ? { center_writing_weights: true } : {}),
  };
}
