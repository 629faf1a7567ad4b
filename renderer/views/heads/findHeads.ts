/** What is typed into the finder: one head or several, in any of the notations. */
import type { HeadRef } from '../../../engine/results/units.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { hasHead } from '../../marks/headShape.ts';
import { headName, parseHead } from '../../state/headNames.ts';

export type Found =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'heads'; readonly heads: readonly HeadRef[] }
  /** Why it is none. */
  | { readonly kind: 'problem'; readonly text: string };

export function findHeads(text: string, shape: HeadShape): Found {
  if (text.trim() === '') return { kind: 'nothing' };
  const heads: HeadRef[] = [];
  for (const word of wordsOf(text)) {
    const head = parseHead(word);
    if (head === null) return { kind: 'problem', text: `${word} names no head` };
    if (!hasHead(shape, head.layer, head.head)) return { kind: 'problem', text: outside(head, shape) };
    heads.push(head);
  }
  return { kind: 'heads', heads };
}

/** `9,6` is one head; where the whole names none, commas and spaces stand between heads. */
function wordsOf(text: string): readonly string[] {
  return parseHead(text) === null ? text.split(/[,;\s]+/).filter((word) => word !== '') : [text.trim()];
}

function outside(head: HeadRef, { layers, heads, headsOf }: HeadShape): string {
  const here = headsOf?.[head.layer] ?? heads;
  return `no ${headName(head)}: layers 0 to ${layers - 1}, heads 0 to ${here - 1}`;
}
