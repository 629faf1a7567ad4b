/** What one dictionary reads, on the command line: `L9H6.z`, `L9.z`, `L9.each.z`, `*.z`, `L9.residPost`. */
import type { DictionaryPlace } from '../../results/dictionaries.ts';
import { dictionarySite } from '../../results/dictionaries.ts';
import type { Input } from '../input.ts';

const form = /^(?:\*|L(\d{1,5})(?:H(\d{1,5}))?)(\.each)?\.([A-Za-z]+)$/;

/** `--site`; undefined where it is not given. */
export function onePlace(input: Input): DictionaryPlace | undefined {
  const text = input.text('site');
  if (text === undefined) return undefined;
  const [, layer, head, each, name] = form.exec(text) ?? [];
  const site = dictionarySite.options.find((option) => option === name);
  const hasHeads = site === 'z' || site === 'headWrite';
  const isSound = hasHeads ? head === undefined || each === undefined : head === undefined && each === undefined;
  if (site === undefined || !isSound) {
    const expected = `one place such as L9H6.z, L9.z or L9.residPost, of ${dictionarySite.options.join(', ')}`;
    return input.fail('--site', { expected, got: text });
  }
  const isEach = each !== undefined || layer === undefined;
  const beside = isEach ? 'each' : 'concatenated';
  return {
    site,
    layer: layer === undefined ? null : Number(layer),
    head: hasHeads ? (head === undefined ? beside : Number(head)) : null,
  };
}
