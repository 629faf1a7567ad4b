/** Another tool's dictionary: what kind of file it is, told from its names, and the reader for it. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cannotRead } from '../../engine/files/readJson.ts';
import type { DictionaryPlace } from '../../engine/results/dictionaries.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Dictionary } from '../dictionary.ts';
import { checkDictionary } from '../dictionary.ts';
import { DICTIONARY, LABELS, readDictionary } from './dictionaryFolder.ts';
import type { Foreign } from './foreign.ts';
import { CONFIG as LEARNING_CONFIG, readDictionaryLearning } from './readDictionaryLearning.ts';
import { PARAMETERS, readGemmaScope } from './readGemmaScope.ts';
import { readSaeLens, WEIGHTS as SAELENS_WEIGHTS } from './readSaeLens.ts';
import { readSparsify, WEIGHTS as SPARSIFY_WEIGHTS } from './readSparsify.ts';

export type ForeignFormat = 'saelens' | 'sparsify' | 'dictionary-learning' | 'gemma-scope' | 'headscope';

export interface ForeignRequest {
  /** A folder, or a file in one. */
  readonly path: string;
  /** Told from the names of the files where it is absent. */
  readonly format?: ForeignFormat;
  /** Goes before what the file says. */
  readonly place?: DictionaryPlace;
}

/** Throws Fault for what is none of the formats, for pickles, and as the readers do. */
export async function readForeign(request: ForeignRequest): Promise<Foreign & { readonly format: ForeignFormat }> {
  const { folder, names, file } = await lookedInto(request.path);
  const format = request.format ?? formatAmong(names, request.path);
  const found = await readAs(format, { folder, file, place: request.place });
  checkDictionary(found.dictionary, request.path);
  checkLabels(found.dictionary, join(folder, LABELS));
  return { ...found, format };
}

function checkLabels({ labels, features }: Dictionary, where: string): void {
  const other = [...labels.keys()].find((feature) => feature >= features);
  if (other === undefined) return;
  const expected = `0 to ${features - 1}`;
  throw new Fault({ what: 'a label of a feature that is not there', where, expected, got: `${other}` });
}

interface Asked {
  readonly folder: string;
  readonly file: string | null;
  readonly place: DictionaryPlace | undefined;
}

async function readAs(format: ForeignFormat, { folder, file, place }: Asked): Promise<Foreign> {
  switch (format) {
    case 'saelens':
      return readSaeLens(folder, place);
    case 'sparsify':
      return readSparsify(folder, place);
    case 'dictionary-learning':
      return readDictionaryLearning(folder, place);
    case 'gemma-scope':
      return readGemmaScope(file ?? join(folder, PARAMETERS), place);
    case 'headscope': {
      const { dictionary } = await readDictionary(folder);
      if (place === undefined) return { dictionary, notes: [] };
      return { dictionary: { ...dictionary, input: { ...dictionary.input, ...place } }, notes: [] };
    }
  }
}

interface LookedInto {
  readonly folder: string;
  /** Files of the folder, or the one that was named. */
  readonly names: readonly string[];
  readonly file: string | null;
}

async function lookedInto(path: string): Promise<LookedInto> {
  const found = await stat(path).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  if (found.isDirectory()) return { folder: path, names: await readdir(path), file: null };
  // The config lies beside the weights that were named.
  const beside = path.endsWith('.safetensors') ? await readdir(dirname(path)) : [basename(path)];
  return { folder: dirname(path), names: beside, file: path };
}

function formatAmong(names: readonly string[], where: string): ForeignFormat {
  const has = (name: string) => names.includes(name);
  if (has(DICTIONARY)) return 'headscope';
  if (has(SAELENS_WEIGHTS)) return 'saelens';
  if (has(SPARSIFY_WEIGHTS)) return 'sparsify';
  if (names.some((name) => name.endsWith('.npz'))) return 'gemma-scope';
  if (has(LEARNING_CONFIG) && names.some((name) => name.endsWith('.safetensors'))) return 'dictionary-learning';
  refusePickles(names, where);
  throw new Fault({
    what: 'no dictionary that is known',
    where,
    expected: `${SAELENS_WEIGHTS}, ${SPARSIFY_WEIGHTS}, ${PARAMETERS}, ${DICTIONARY}, or ${LEARNING_CONFIG} beside a .safetensors file`,
    got: names.slice(0, 12).join(', ') || 'an empty folder',
  });
}

/** Loading a pickle runs what is in it. */
function refusePickles(names: readonly string[], where: string): void {
  const pickle = names.find((name) => /\.(pt|pth|bin|pkl|pickle|ckpt)$/i.test(name));
  if (pickle === undefined) return;
  throw new Fault({
    what: 'a pickle is not opened, for it can run any program',
    where,
    expected:
      'safetensors (in Python, for a file that you trust: from safetensors.torch import save_file; save_file(torch.load(FILE, weights_only=True), "ae.safetensors"); or let SAELens load it and sae.save_model(FOLDER))',
    got: pickle,
  });
}
