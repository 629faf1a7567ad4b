/** What a comparison of two runs says, in words. */
import type { ResultOf } from '../../../engine/results/contract.ts';
import { formatNumber } from '../../marks/format.ts';

type Compared = ResultOf<'compare'>;

export interface Verdict {
  readonly kind: 'same' | 'different' | 'nothing';
  readonly text: string;
  /** What else there is to know: rows of one alone, what may be why. */
  readonly notes: readonly string[];
}

export function verdictOf(compared: Compared): Verdict {
  const { identical, different, onlyA, onlyB } = compared;
  const notes = [...aloneWords(onlyA, 'this run'), ...aloneWords(onlyB, 'the other')];
  if (identical + different === 0) {
    const isBare = onlyA === 0 || onlyB === 0;
    const text = isBare
      ? 'One of the two has no rows: there is nothing to compare.'
      : 'No row of one is of the same thing as a row of the other.';
    return { kind: 'nothing', text, notes };
  }
  if (different > 0) return { kind: 'different', text: differentWords(compared), notes: [...notes, ...why(compared)] };
  if (onlyA + onlyB === 0)
    return { kind: 'same', text: `Identical in ${allWords(identical)}, to the last bit.`, notes };
  const text = `The ${rowWords(identical)} that both have ${identical === 1 ? 'is' : 'are'} identical to the last bit.`;
  return { kind: 'different', text, notes: [...notes, ...why(compared)] };
}

function allWords(count: number): string {
  return count === 1 ? 'the one row' : `all ${rowWords(count)}`;
}

function differentWords({ identical, different, largest }: Compared): string {
  const size = largest === null ? '' : `, by at most ${formatNumber(largest)}`;
  if (identical === 0) return `All ${rowWords(different)} differ${size}.`;
  return `${formatNumber(different)} of ${rowWords(identical + different)} differ${size}; ${formatNumber(identical)} are identical to the last bit.`;
}

function why({ reasons, settings }: Compared): readonly string[] {
  if (reasons.length > 0) return [`May be because ${reasons.join('; ')}.`];
  return settings.length > 0 ? [] : ['Nothing that is recorded of the two says why.'];
}

function aloneWords(count: number, where: string): readonly string[] {
  return count === 0 ? [] : [`${rowWords(count)} only in ${where}.`];
}

function rowWords(count: number): string {
  return `${formatNumber(count)} ${count === 1 ? 'row' : 'rows'}`;
}

type Difference = Compared['settings'][number];

/** Without what a run's header says once more of its request or plan. */
export function withoutEchoes({ settings, ...rows }: Compared): readonly Difference[] {
  // A run without rows has no header: all of the other's would be listed.
  if (rows.identical + rows.different === 0 && (rows.onlyA === 0 || rows.onlyB === 0))
    return settings.filter(({ path }) => !path.startsWith('header'));
  const leaf = ({ path }: Difference) => path.slice(path.lastIndexOf('.') + 1);
  const isEcho = (one: Difference) =>
    one.path.startsWith('header.') &&
    settings.some(
      (other) =>
        !other.path.startsWith('header.') && leaf(other) === leaf(one) && other.a === one.a && other.b === one.b,
    );
  return settings.filter((one) => !isEcho(one));
}
