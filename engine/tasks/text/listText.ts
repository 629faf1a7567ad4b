import type { Random } from '../../tensor/random.ts';
import { determined, said } from './document.ts';
import type { Piece } from './document.ts';
import type { TextGenerator } from './generator.ts';
import { days, letters, months, numberWords } from './sequences.ts';

interface Sequence {
  readonly names: readonly string[];
  /** Does the first come after the last? */
  readonly goesRound: boolean;
}

const sequences: readonly Sequence[] = [
  { names: numberWords, goesRound: false },
  { names: days, goesRound: true },
  { names: months, goesRound: true },
  { names: letters, goesRound: false },
];

const openings = ['In order:', 'List:', 'Next:'];
const backwards = ['Back:', 'In reverse order:'];
const separators = [',', ' then', ';', ' and', '\n-'];

/** Succession: words of a sequence in their order, or against it. */
export const listText: TextGenerator = {
  about: 'numbers, days, months or letters in order: all but the first are determined',
  least: 1,
  generate({ random }) {
    const isBackwards = random.below(4) === 0;
    const inOrder = stretch(random, random.pick(sequences));
    const names = isBackwards ? inOrder.reverse() : inOrder;
    return { pieces: listed(random.pick(isBackwards ? backwards : openings), random.pick(separators), names) };
  },
};

/** Three to ten names in a row. */
function stretch(random: Random, { names, goesRound }: Sequence): string[] {
  const length = Math.min(3 + random.below(8), names.length);
  const start = random.below(goesRound ? names.length : names.length - length + 1);
  return Array.from({ length }, (_, i) => names[(start + i) % names.length] ?? '');
}

function listed(opening: string, separator: string, names: readonly string[]): Piece[] {
  const rest = names.flatMap((name, i) => (i === 0 ? [said(` ${name}`)] : [said(separator), determined(` ${name}`)]));
  return [said(opening), ...rest, said('.')];
}
