/** SAELens' cfg.json, in whatever version, as one form. */
import { ConfigReader } from '../../engine/arch/parts/config.ts';
import { isObject } from '../../engine/files/readJson.ts';
import type { DictionaryPlace } from '../../engine/results/dictionaries.ts';
import { dictionaryPlace } from '../../engine/results/dictionaries.ts';
import { validate } from '../../engine/results/validate.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Encoder } from '../dictionary.ts';
import { checkKeys } from './configKeys.ts';
import { placeOfHook } from './hookName.ts';
import { flatKeys, metadataKeys, nestedKeys, renamedKeys } from './saeLensKeys.ts';

type Config = Readonly<Record<string, unknown>>;

/** Those that reconstruct what they read; the last two are trainings that were not finished, and are used as jumprelu. */
const architectures = [
  'standard',
  'gated',
  'topk',
  'jumprelu',
  'matching_pursuit',
  'batchtopk',
  'matryoshka_batchtopk',
] as const;
export type SaeLensArchitecture = (typeof architectures)[number];

const normalisations = ['none', 'expected_average_only_in', 'constant_norm_rescale', 'layer_norm'] as const;
export type SaeLensNormalisation = (typeof normalisations)[number];

export interface SaeLensConfig {
  readonly architecture: SaeLensArchitecture;
  readonly width: number | null;
  readonly features: number | null;
  readonly encoder: Encoder;
  /** Does the decoder's row norm weigh the pre-activations before the largest are chosen? */
  readonly rescalesByDecoderNorm: boolean;
  readonly subtractsBias: boolean;
  readonly normalisation: SaeLensNormalisation;
  readonly hook: string | null;
  readonly head: number | null;
  /** Where it reads; null for a hook that we have no site for. */
  readonly place: DictionaryPlace | null;
  readonly model: string | null;
  /** What TransformerLens did to the model's weights before it was run. */
  readonly processing: { readonly foldsValueBias: boolean; readonly centresWrites: boolean };
  readonly dataset: string | null;
  readonly version: string | null;
  readonly notes: readonly string[];
}

const sizes = { min: 1, max: 2 ** 24 };
const anyNumber = { min: 0, max: 1e30 };

/** Throws Fault for keys that are not known, kinds that are not read, and values that can't be. */
export function saeLensConfig(config: Config, where: string): SaeLensConfig {
  // Others have keys of their own: the kind is what to complain about.
  new ConfigReader(config, `of ${where}: `).choice('architecture', architectures, 'standard');
  const { top, metadata, notes } = isObject(config['metadata']) ? nested(config, where) : flat(config, where);
  const read = new ConfigReader(top, `of ${where}: `);
  const about = new ConfigReader(metadata, `of ${where}: metadata.`);
  const architecture = read.choice('architecture', architectures, 'standard');
  const hook = text(about, 'hook_name');
  const head = about.optionalInteger('hook_head_index', { min: 0, max: 4096 });
  const processing = processingOf(about, hook);
  return {
    architecture,
    width: read.optionalInteger('d_in', sizes),
    features: read.optionalInteger('d_sae', sizes),
    encoder: encoderOf(architecture, read),
    rescalesByDecoderNorm: read.boolean('rescale_acts_by_decoder_norm', architecture.endsWith('batchtopk')),
    subtractsBias: read.boolean('apply_b_dec_to_input', true),
    normalisation: read.choice('normalize_activations', normalisations, 'none'),
    hook,
    head,
    place: placeSaid(metadata['headscope'], where) ?? (hook === null ? null : placeOfHook(hook, head)),
    model: text(about, 'model_name'),
    processing,
    dataset: text(about, 'dataset_path'),
    version: text(about, 'sae_lens_version'),
    notes: [...notes, ...processing.notes],
  };
}

interface Parts {
  readonly top: Config;
  readonly metadata: Config;
  readonly notes: readonly string[];
}

function nested(config: Config, where: string): Parts {
  checkKeys(config, nestedKeys, where);
  const metadata = isObject(config['metadata']) ? config['metadata'] : {};
  const known: readonly string[] = [...metadataKeys.handled, ...metadataKeys.ignored];
  const others = Object.keys(metadata).filter((key) => !known.includes(key));
  const notes = others.length === 0 ? [] : [`metadata that is not read: ${others.join(', ')}`];
  return { top: config, metadata, notes };
}

/** What SAELens makes of it (`handle_pre_6_0_config`). */
function flat(config: Config, where: string): Parts {
  const renamed = Object.fromEntries(Object.entries(config).map(([key, value]) => [renamedKeys[key] ?? key, value]));
  checkKeys(renamed, flatKeys, where);
  const { normalize_activations: normalises, ...rest } = renamed;
  const normalisation = normalises === true ? 'expected_average_only_in' : normalises;
  const activation = activationOf(renamed, where);
  const top = { ...rest, ...activation, normalize_activations: normalisation === false ? 'none' : normalisation };
  return { top, metadata: renamed, notes: [] };
}

function activationOf({ activation_fn: name, activation_fn_kwargs: settings }: Config, where: string): Config {
  const given = isObject(settings) ? settings : {};
  if (name === 'topk') {
    checkKeys(given, { handled: ['k'], ignored: [], fixed: {} }, `${where}: activation_fn_kwargs`);
    return { architecture: 'topk', k: given['k'] };
  }
  if (name === undefined || name === null || name === 'relu') return {};
  throw new Fault({ what: 'activation function', where, expected: 'relu or topk', got: String(name) });
}

function encoderOf(architecture: SaeLensArchitecture, read: ConfigReader): Encoder {
  switch (architecture) {
    case 'standard':
      return { kind: 'relu' };
    case 'gated':
      return { kind: 'gated' };
    case 'topk':
      return { kind: 'topK', k: read.integer('k', sizes) };
    case 'jumprelu':
    case 'batchtopk':
    case 'matryoshka_batchtopk':
      return { kind: 'jumpReLU' };
    case 'matching_pursuit':
      return {
        kind: 'matchingPursuit',
        steps: read.optionalInteger('max_iterations', sizes) ?? read.integer('d_in', sizes),
        residualThreshold: read.number('residual_threshold', anyNumber, 1e-2),
        stopsOnRepeat: read.boolean('stop_on_duplicate_support', true),
      };
  }
}

/**
 * SAELens loads models without any of TransformerLens' processing, but for what `model_from_pretrained_kwargs` asks for. Its
 * first files do not say how the model was loaded: then it was by TransformerLens' defaults.
 */
function processingOf(about: ConfigReader, hook: string | null) {
  const asked = about.object('model_from_pretrained_kwargs');
  const isLens = (text(about, 'model_class_name') ?? 'HookedTransformer') === 'HookedTransformer';
  const version = text(about, 'sae_lens_version') ?? text(about, 'sae_lens_training_version');
  const isUnsaid = isLens && version === null && asked === null && hook !== null;
  const foldsValueBias = asked?.boolean('fold_value_biases', isUnsaid) ?? isUnsaid;
  const centresWrites = asked?.boolean('center_writing_weights', isUnsaid) ?? isUnsaid;
  if (asked?.boolean('refactor_factored_attn_matrices', false) === true && hook?.endsWith('hook_z') === true) {
    asked.fail('refactor_factored_attn_matrices', 'false, for it turns z within each head');
  }
  const assumed =
    "how the model was loaded is not said: TransformerLens' defaults are assumed (value biases folded, what is written to the stream centred)";
  return { foldsValueBias, centresWrites, notes: isUnsaid ? [assumed] : [] };
}

/** What `writeSaeLens` says besides, for places that no hook is. */
function placeSaid(value: unknown, where: string): DictionaryPlace | null {
  if (!isObject(value)) return null;
  return validate(dictionaryPlace, value['place'], `${where}: metadata.headscope.place`);
}

function text(read: ConfigReader, key: string): string | null {
  if (!read.has(key)) return null;
  const value = read.config[key];
  return typeof value === 'string' ? value : read.fail(key, 'a text');
}
