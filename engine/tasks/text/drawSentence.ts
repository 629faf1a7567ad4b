import type { Random } from '../../tensor/random.ts';
import { drawCast } from './cast.ts';
import type { Piece } from './document.ts';
import { fillTemplate } from './fillTemplate.ts';
import { openingSentences, sentences } from './sentences.ts';

/** A sentence of random words; `first` where nothing stands before it, else it begins with a space. */
export function drawSentence(random: Random, { first }: { readonly first: boolean }): Piece[] {
  const template = first ? random.pick(openingSentences) : ` ${random.pick(sentences)}`;
  return fillTemplate(template, drawCast(random));
}
