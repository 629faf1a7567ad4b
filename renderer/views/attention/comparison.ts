/** What is compared with what, and why it can't be where it can't. */
import type { HeadRef } from '../../../engine/results/units.ts';
import { headName } from '../../state/headNames.ts';
import type { Compare } from './settings.ts';
import type { Side, Subject } from './subject.ts';
import { zeroEdits } from './subject.ts';
import type { ReadyPrompt } from './useShownPrompt.ts';

export interface Compared {
  readonly a: Side;
  /** Taken from `a`; null where one is looked at alone. */
  readonly b: Side | null;
  /** `L9H6 - L5H1`. */
  readonly words: string;
}

export interface ToCompare {
  readonly subject: Subject;
  readonly prompt: ReadyPrompt;
  readonly head: HeadRef;
  readonly pinned: HeadRef | null;
  readonly set: readonly HeadRef[];
}

/** The reason, in words, where it can't be compared. */
export function comparison(compare: Compare, of: ToCompare): Compared | string {
  const { subject, head, pinned, prompt, set } = of;
  const own: Side = { subject, head };
  const name = headName(head);
  switch (compare) {
    case 'none':
      return { a: own, b: null, words: name };
    case 'heads':
      if (pinned === null) return 'Pin a head first (P): the difference is primary minus pinned.';
      return { a: own, b: { subject, head: pinned }, words: `${name} \u2212 ${headName(pinned)}` };
    case 'prompts': {
      if (prompt.corrupt === null) return `There is nothing to take away: ${prompt.noCorrupt}.`;
      const corrupt = { ...subject, prompt: { ids: prompt.corrupt.ids } };
      return { a: own, b: { subject: corrupt, head }, words: `${name}, clean \u2212 corrupt` };
    }
    case 'edit': {
      if (set.length === 0) return 'Put heads into the set first: the difference is what zeroing them changes.';
      const edited = { ...subject, edits: zeroEdits(set) };
      return { a: { subject: edited, head }, b: own, words: `${name}, ${heads(set)} zeroed \u2212 clean` };
    }
  }
}

function heads(set: readonly HeadRef[]): string {
  return set.length <= 3 ? set.map(headName).join(' ') : `${set.length} heads`;
}
