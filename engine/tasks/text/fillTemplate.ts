import type { Piece } from './document.ts';

interface Part {
  /** With the space before a slot. */
  readonly text: string;
  readonly slot: string | null;
  readonly determined: boolean;
}

const parsed = new Map<string, readonly Part[]>();

/**
 * The pieces of a template: ` [name]` is a slot with the space before it, ` [name!]` one that what stands before
 * determines. Throws RangeError for a slot without a word.
 */
export function fillTemplate(template: string, words: Readonly<Record<string, string>>): Piece[] {
  return partsOf(template).map(({ text, slot, determined }) => {
    if (slot === null) return { text, determined };
    const word = words[slot];
    if (word === undefined) throw new RangeError(`template: no word for the slot ${slot}`);
    return { text: text + word, determined };
  });
}

/** The slots of a template, in order. */
export function slotsOf(template: string): readonly string[] {
  return partsOf(template).flatMap(({ slot }) => (slot === null ? [] : [slot]));
}

function partsOf(template: string): readonly Part[] {
  const known = parsed.get(template);
  if (known !== undefined) return known;
  const parts = template
    .split(/( ?\[\w+!?\])/)
    .filter((text) => text !== '')
    .map(partOf);
  parsed.set(template, parts);
  return parts;
}

function partOf(text: string): Part {
  const [, space, slot, mark] = /^( ?)\[(\w+)(!?)\]$/.exec(text) ?? [];
  if (slot === undefined) return { text, slot: null, determined: false };
  return { text: space ?? '', slot, determined: mark === '!' };
}
