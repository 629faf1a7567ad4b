/** Finds what a folder has of a tokenizer; engine/files/tokenizer makes sense of it. */
import type { ModelFolder } from './folder.ts';
import type { TokenizerSource } from './modelFiles.ts';
import { isObject, readJson, readJsonObject, readSmall } from './readJson.ts';

/** Files that a tokenizer may be made of. */
export const tokenizerFiles = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
  'tokenizer.model',
  'chat_template.jinja',
] as const;

const mebibyte = 1 << 20;
const limits = { tokenizer: 256 * mebibyte, vocabulary: 128 * mebibyte, config: 32 * mebibyte, template: 4 * mebibyte };

/** tokenizer.json first, then vocab.json with merges.txt, then tokenizer.model. */
export async function findTokenizer(folder: ModelFolder): Promise<TokenizerSource> {
  const find = (name: string) => folder.find(name);
  const json = await find('tokenizer.json');
  if (json !== null)
    return { kind: 'json', tokenizer: await readJson(json, limits.tokenizer), config: await readConfig(folder) };
  const [vocab, merges] = [await find('vocab.json'), await find('merges.txt')];
  if (vocab !== null && merges !== null) {
    return {
      kind: 'vocabAndMerges',
      vocab: await readJson(vocab, limits.vocabulary),
      merges: (await readSmall(merges, limits.vocabulary)).toString('utf8'),
      config: await readConfig(folder),
    };
  }
  const model = await find('tokenizer.model');
  if (model !== null) {
    return {
      kind: 'sentencePieceModel',
      bytes: await readSmall(model, limits.vocabulary),
      config: await readConfig(folder),
    };
  }
  const wanted = 'no tokenizer.json, no vocab.json with merges.txt, no tokenizer.model';
  return { kind: 'none', reason: `the folder ${folder.path} has no tokenizer (${wanted})` };
}

/**
 * tokenizer_config.json, completed by special_tokens_map.json, added_tokens.json (as `added_tokens_decoder`)
 * and chat_template.jinja (as `chat_template`, before the config's own).
 */
async function readConfig(folder: ModelFolder): Promise<Record<string, unknown>> {
  const optional = async (name: string) => {
    const file = await folder.find(name);
    return file === null ? {} : readJsonObject(file, limits.config);
  };
  const template = await folder.find('chat_template.jinja');
  return {
    ...(await optional('special_tokens_map.json')),
    ...addedTokens(await optional('added_tokens.json')),
    ...(await optional('tokenizer_config.json')),
    ...(template === null ? {} : { chat_template: (await readSmall(template, limits.template)).toString('utf8') }),
  };
}

/** `{ "<tok>": 7 }` -> `{ added_tokens_decoder: { "7": { content: "<tok>" } } }` */
function addedTokens(added: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(added).map(([content, id]) => [String(id), { content, special: false }] as const);
  const decoder = Object.fromEntries(entries);
  return isObject(added) && entries.length > 0 ? { added_tokens_decoder: decoder } : {};
}
