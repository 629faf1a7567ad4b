/** The tokens around a text, and the ones that end a generation, from the files beside a vocabulary. */

import { Fault } from '../../terms/fault.ts';
import { flag, idOrNull, isRecord, list, tokenId, type Fields } from './fields.ts';
import { addedToken, componentsWithin, type AddedToken } from './libraryCore.ts';
import type { Piece } from './tokenizer.ts';

export interface Specials {
  readonly bosId: number | null;
  readonly eosIds: readonly number[];
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
}

export type IdOf = (content: string) => number | undefined;

/** Ids by text, added tokens before the vocabulary's own. */
export function idsByText(pieces: readonly (Piece | undefined)[]): IdOf {
  const ids = new Map<string, number>();
  pieces.forEach((piece, id) => {
    if (piece !== undefined && (!ids.has(piece.text) || piece.kind === 'special' || piece.kind === 'added'))
      ids.set(piece.text, id);
  });
  return (content) => ids.get(content);
}

/** A token as tokenizer_config.json names it: its text, or an object with it. */
export function namedToken(config: Fields, key: string): string | undefined {
  const value = config[key];
  const content = isRecord(value) ? value['content'] : value;
  return typeof content === 'string' && content !== '' ? content : undefined;
}

/** `added_tokens_decoder` of a tokenizer_config.json. */
export function configuredTokens(config: Fields): AddedToken[] {
  const rows = config['added_tokens_decoder'];
  if (!isRecord(rows)) return [];
  return Object.entries(rows).map(([id, row]) => {
    const where = `tokenizer_config.json.added_tokens_decoder["${id.slice(0, 20)}"]`;
    return addedToken(row, tokenId(/^\d+$/.test(id) ? Number(id) : id, where), where);
  });
}

/** BOS and the ends, by tokenizer_config.json's names first, then by the model's and generation's ids. */
export function boundaryIds(
  idOf: IdOf,
  config: Fields,
  model: Fields,
  generation: Fields,
  count: number,
): Pick<Specials, 'bosId' | 'eosIds'> {
  const byName = (key: string): number | undefined => {
    const name = namedToken(config, key);
    return name === undefined ? undefined : idOf(name);
  };
  const named = byName('eos_token');
  const eosIds = [...(named === undefined ? [] : [named]), ...configuredEnds(model, generation, count)];
  return { bosId: byName('bos_token') ?? idOrNull(model['bos_token_id'], count), eosIds: [...new Set(eosIds)] };
}

/** The ends that generation_config.json and config.json give as ids, each once: all that is known without a tokenizer. */
export function configuredEnds(model: Fields, generation: Fields, count: number): readonly number[] {
  const ends = [...many(generation['eos_token_id']), ...many(model['eos_token_id'])];
  return [...new Set(ends.map((id) => idOrNull(id, count)).filter((id) => id !== null))];
}

const many = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** Tokens that `add_bos_token` and `add_eos_token` put around a text. */
export function flaggedAround(
  config: Fields,
  ids: Pick<Specials, 'bosId' | 'eosIds'>,
  usually: { readonly bos: boolean },
): Pick<Specials, 'prefix' | 'suffix'> {
  const bos = flag(config['add_bos_token']) ?? usually.bos;
  const eos = ids.eosIds[0];
  return {
    prefix: bos && ids.bosId !== null ? [ids.bosId] : [],
    suffix: config['add_eos_token'] === true && eos !== undefined ? [eos] : [],
  };
}

/** Tokens that a tokenizer.json's post-processor puts around one text. */
export function processedAround(postProcessor: unknown, idOf: IdOf): Pick<Specials, 'prefix' | 'suffix'> {
  const prefix: number[] = [];
  const suffix: number[] = [];
  for (const step of componentsWithin(postProcessor)) {
    const around = stepAround(step, idOf);
    prefix.unshift(...around.prefix);
    suffix.push(...around.suffix);
  }
  return { prefix, suffix };
}

function stepAround(
  step: Fields,
  idOf: IdOf,
): { readonly prefix: readonly number[]; readonly suffix: readonly number[] } {
  switch (step['type']) {
    case 'ByteLevel':
      return { prefix: [], suffix: [] };
    case 'BertProcessing':
    case 'RobertaProcessing':
      return {
        prefix: [pairId(step['cls'], 'post_processor.cls')],
        suffix: [pairId(step['sep'], 'post_processor.sep')],
      };
    case 'TemplateProcessing':
      return templateAround(step, idOf);
    default:
      throw new Fault({ what: `post-processor "${String(step['type'])}" is not supported`, where: 'post_processor' });
  }
}

function pairId(pair: unknown, where: string): number {
  return tokenId(list(pair, where)[1], where);
}

function templateAround(
  step: Fields,
  idOf: IdOf,
): { readonly prefix: readonly number[]; readonly suffix: readonly number[] } {
  const items = list(step['single'], 'post_processor.single').filter(isRecord);
  const text = items.findIndex((item) => 'Sequence' in item);
  if (text < 0) throw new Fault({ what: 'the template has no place for the text', where: 'post_processor.single' });
  const ids = (part: readonly Fields[]): number[] => part.flatMap((item) => templateIds(step, item, idOf));
  return { prefix: ids(items.slice(0, text)), suffix: ids(items.slice(text + 1)) };
}

function templateIds(step: Fields, item: Fields, idOf: IdOf): number[] {
  const special = item['SpecialToken'];
  const name = isRecord(special) ? special['id'] : undefined;
  if (typeof name !== 'string') return [];
  const table = step['special_tokens'];
  const row = isRecord(table) && Object.hasOwn(table, name) ? table[name] : undefined;
  if (isRecord(row))
    return list(row['ids'], 'post_processor.special_tokens.ids').map((id) =>
      tokenId(id, 'post_processor.special_tokens.ids'),
    );
  const id = idOf(name);
  if (id === undefined) throw new Fault({ what: `unknown special token "${name}"`, where: 'post_processor' });
  return [id];
}

/** A chat template: one string, or the one called "default" of several. */
export function chatTemplateOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (!Array.isArray(value)) return null;
  const rows = value.filter(isRecord);
  const chosen = rows.find((row) => row['name'] === 'default') ?? rows[0];
  return typeof chosen?.['template'] === 'string' ? chosen['template'] : null;
}
