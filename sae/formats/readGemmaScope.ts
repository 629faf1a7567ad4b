/**
 * A dictionary of Gemma Scope: params.npz with W_enc, b_enc, W_dec, b_dec, threshold. JumpReLU; b_dec is not taken from the
 * input. Those on attention read z of all heads side by side. Layer and site stand in the folders' names only.
 */
import { basename, dirname, resolve } from 'node:path';
import type { DictionaryPlace } from '../../engine/results/dictionaries.ts';
import type { Dictionary, WeightName } from '../dictionary.ts';
import { weightAxes, weightNames } from '../dictionary.ts';
import { readLabels } from './dictionaryFolder.ts';
import type { Foreign } from './foreign.ts';
import { asTheModelHasThem, importedOrigin, placeOrFault } from './foreign.ts';
import { readNpz } from './npz.ts';
import { checkTensorNames, readAxes, sizesFrom } from './tensors.ts';

export const PARAMETERS = 'params.npz';

/** Throws Fault for files that are missing, cut short or say what is not read. */
export async function readGemmaScope(path: string, asked?: DictionaryPlace): Promise<Foreign> {
  const file = await readNpz(path);
  const encoder = { kind: 'jumpReLU' } as const;
  checkTensorNames(file, weightNames(encoder));
  const sizes = sizesFrom(file, 'W_dec', 'F D', { width: null, features: null });
  const weights = new Map<WeightName, Float32Array>();
  for (const name of weightNames(encoder)) weights.set(name, await readAxes(file, name, weightAxes[name], sizes));
  // Its JumpReLU is a ReLU, then the threshold.
  weights.set(
    'threshold',
    (weights.get('threshold') ?? new Float32Array()).map((value) => Math.max(0, value)),
  );
  const place = placeOrFault(asked, placeOfPath(path), {
    where: path,
    got: 'folders that are not named as in Gemma Scope',
  });
  const dictionary: Dictionary = {
    ...sizes,
    encoder,
    weights,
    input: { ...place, ...asTheModelHasThem, scale: 1, normalisation: 'none', subtractsBias: false },
    origin: importedOrigin('gemma-scope', { release: releaseOf(path) }, null),
    model: modelOf(path),
    density: null,
    labels: await readLabels(dirname(path)),
  };
  return { dictionary, notes: [] };
}

const sites = {
  res: { site: 'residPost', head: null },
  mlp: { site: 'mlpOut', head: null },
  att: { site: 'z', head: 'concatenated' },
} as const;

/** `gemma-scope-2b-pt-att/layer_12/width_16k/average_l0_84/params.npz` */
function placeOfPath(path: string): DictionaryPlace | null {
  const layer = /(?:^|[/\\])layer_(\d{1,3})(?:[/\\]|$)/.exec(resolve(path))?.[1];
  const kind = /gemma-scope-[\w.]+?-(?:pt|it)-(res|mlp|att)\b/.exec(resolve(path))?.[1] as
    keyof typeof sites | undefined;
  return layer === undefined || kind === undefined ? null : { ...sites[kind], layer: Number(layer) };
}

function modelOf(path: string): Dictionary['model'] {
  const [, size, kind] = /gemma-scope-(\w+?)-(pt|it)-/.exec(resolve(path)) ?? [];
  if (size === undefined) return null;
  return { name: `google/gemma-2-${size}${kind === 'it' ? '-it' : ''}`, fingerprint: null };
}

/** The names of the folders that say which one of the release it is. */
function releaseOf(path: string): string {
  const folders = [dirname(path), dirname(dirname(path)), dirname(dirname(dirname(path)))];
  return folders
    .map((folder) => basename(resolve(folder)))
    .toReversed()
    .join('/');
}
