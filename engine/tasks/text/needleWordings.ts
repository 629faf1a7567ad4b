/** How needle passages say a fact and ask for it. */
import { firstNames, places } from '../words.ts';

/** What a passage begins with: every sentence has a space before it then, as words are known. */
export const needleOpening = 'Note:';

export interface NeedleWording {
  /** What is known of `owner`: `the secret word of [owner]`. */
  readonly subject: string;
  /** Whom or what the facts are about. */
  readonly owners: readonly string[];
}

export const needleWordings: readonly NeedleWording[] = [
  { subject: 'the secret word of [owner]', owners: firstNames },
  { subject: 'the password for the [owner]', owners: places },
  { subject: 'the code word of [owner]', owners: firstNames },
  { subject: 'the hidden name of the [owner]', owners: places },
];

/** `The secret word of [owner] is`. */
export function factOf({ subject }: NeedleWording): string {
  return `T${subject.slice(1)} is`;
}

/** `Question: what is the secret word of [owner]? Answer:`. */
export function questionOf({ subject }: NeedleWording): string {
  return `Question: what is ${subject}? Answer:`;
}
