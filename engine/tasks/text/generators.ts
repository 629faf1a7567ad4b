/** The kinds of document: one file and one line here each. */
import { agreementText } from './agreementText.ts';
import { docstringText } from './docstringText.ts';
import type { TextGenerator } from './generator.ts';
import { greaterThanText } from './greaterThanText.ts';
import { ioiText } from './ioiText.ts';
import { keyValueText } from './keyValueText.ts';
import { listText } from './listText.ts';
import { needleText } from './needleText.ts';
import { pronounText } from './pronounText.ts';
import { repeatedText } from './repeatedText.ts';
import { repeatedTokens } from './repeatedTokens.ts';
import { storyText } from './storyText.ts';

export const textGenerators = {
  ioi: ioiText,
  greaterThan: greaterThanText,
  keyValue: keyValueText,
  docstring: docstringText,
  needle: needleText,
  repeatedTokens,
  repeatedText,
  pronoun: pronounText,
  agreement: agreementText,
  list: listText,
  story: storyText,
} as const satisfies Readonly<Record<string, TextGenerator>>;

export type TextKind = keyof typeof textGenerators;

/** All of them, in the order of the list. */
export const textKinds: readonly TextKind[] = Object.keys(textGenerators).filter(isTextKind);

/** Is there such a kind of document? */
export function isTextKind(name: string): name is TextKind {
  return Object.hasOwn(textGenerators, name);
}
