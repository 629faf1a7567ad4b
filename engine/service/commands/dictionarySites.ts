/** Places that dictionaries read, on the command line: `L9H6.z`, `L9.z`, `L9H*.z`, `*.z`, `L9.each.z`, `L9.attnOut`. */
import type { DictionaryPlace } from '../../results/dictionaries.ts';
import { dictionarySite } from '../../results/dictionaries.ts';
import type { ResultOf } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';

export const siteHelp = [
  'A site is a place and a name: L9H6.z (one head), L9H1,3-5.z and L9H*.z (a dictionary for each head), L9.z (the heads of a layer side by side), L9.each.z (the heads of a layer share one dictionary, a row each), *.z (those of all layers do), L9.residPre, L*.residPre (a dictionary for each layer), *.residPre (all layers share one).',
  `Names: ${dictionarySite.options.join(', ')}.`,
] as const;

export type ModelShape = ResultOf<'open'>['shape'];

const form = /^(?:\*|L([\d,*-]+)(?:H([\d,*-]+))?)(\.each)?\.([A-Za-z]+)$/;

/** Sites with an axis of heads. */
const perHead: readonly string[] = ['z', 'headWrite'];

/** One place for each dictionary, in order. Throws Fault for a text of another form; what the model lacks is for training to say. */
export function dictionaryPlaces(text: string, shape: ModelShape): readonly DictionaryPlace[] {
  const [, layers, heads, each, name] = form.exec(text) ?? refuse(text);
  const site = dictionarySite.options.find((option) => option === name) ?? refuse(text);
  if (!perHead.includes(site)) {
    if (heads !== undefined || each !== undefined) refuse(text);
    return layersOf(text, layers, shape).map((layer) => ({ site, layer, head: null }));
  }
  if (heads !== undefined && each !== undefined) refuse(text);
  return layersOf(text, layers, shape).flatMap((layer): readonly DictionaryPlace[] => {
    if (layer === null || each !== undefined) return [{ site, layer, head: 'each' as const }];
    if (heads === undefined) return [{ site, layer, head: 'concatenated' as const }];
    return numbers(text, heads, shape.heads).map((head) => ({ site, layer, head }));
  });
}

/** `L9H6.z`, `L9.each.z`, `all.residPre`: what a folder can be called. */
export function placeTitle({ site, layer, head }: DictionaryPlace): string {
  const at = layer === null ? 'all' : `L${layer}`;
  if (head === null || head === 'concatenated' || layer === null) return `${at}.${site}`;
  return head === 'each' ? `${at}.each.${site}` : `${at}H${head}.${site}`;
}

/** Of `*`: rows of all layers share a dictionary. */
function layersOf(text: string, layers: string | undefined, shape: ModelShape): readonly (number | null)[] {
  return layers === undefined ? [null] : numbers(text, layers, shape.layers);
}

function numbers(text: string, list: string, count: number): readonly number[] {
  if (list === '*') return Array.from({ length: count }, (_, i) => i);
  return list.split(',').flatMap((part) => {
    const [, from, to] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part) ?? refuse(text);
    const [low, high] = [Number(from), Number(to ?? from)];
    if (high < low || high - low >= count) refuse(text);
    return Array.from({ length: high - low + 1 }, (_, i) => low + i);
  });
}

function refuse(text: string): never {
  throw new Fault({
    what: '--site',
    where: 'sae train',
    expected: 'a site such as L9H6.z, L9.z, L9H*.z or L9.residPre',
    got: text,
  });
}
