import { determined, said } from './document.ts';
import type { Piece } from './document.ts';
import { drawSentence } from './drawSentence.ts';
import type { TextGenerator } from './generator.ts';

/** Sentences that come again word for word. */
export const repeatedText: TextGenerator = {
  about: 'one to three sentences, then the same again: all but the first word of every later copy is determined',
  least: 1,
  generate({ random }) {
    const opening = said(random.pick(['Again:', 'And again:', 'Note:']));
    const count = 1 + random.below(3);
    const span = Array.from({ length: count }, () => drawSentence(random, { first: false })).flat();
    const copies = 1 + random.below(2);
    const copy: Piece[] = span.map(({ text }, i) => (i === 0 ? said(text) : determined(text)));
    return { pieces: [opening, ...span, ...Array.from({ length: copies }, () => copy).flat()] };
  },
};
