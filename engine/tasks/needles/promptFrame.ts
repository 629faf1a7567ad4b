/** What stands around the haystack and the question: a plain text, or a turn of the model's own chat template. */
import type { Tokenizer } from '../../files/tokenizer/index.ts';
import { Fault } from '../../terms/fault.ts';
import { pieceOf } from './needlePieces.ts';

export type NeedleTemplate = 'plain' | 'chat';
/** `answer`: the answer at once. `steps`: reasoning first (chain of thought, Kojima et al. 2022, arXiv 2205.11916). */
export type NeedlePrompt = 'answer' | 'steps';

/** Ids before the haystack, between it and the question, and after the question. */
export interface PromptFrame {
  readonly before: readonly number[];
  readonly between: readonly number[];
  readonly after: readonly number[];
}

const instruction = 'Answer the question with words from the text above.\nQuestion:';

/**
 * Both templates end with `Answer:`, begun in the model's own turn under `chat`: the first word of the answer then has a space
 * before it, as it has in the haystack, and so is the same token.
 */
const leads = { answer: 'Answer:', steps: "Answer: Let's think step by step." } as const;

/** Throws Fault where the model has no chat template, or one that fails or loses what it is given. */
export async function promptFrame(
  tokenizer: Tokenizer,
  template: NeedleTemplate,
  prompt: NeedlePrompt,
): Promise<PromptFrame> {
  return template === 'plain' ? plainFrame(tokenizer, leads[prompt]) : chatFrame(tokenizer, leads[prompt]);
}

function plainFrame(tokenizer: Tokenizer, lead: string): PromptFrame {
  const bos = tokenizer.addsBos && tokenizer.bosId !== null ? [tokenizer.bosId] : [];
  return {
    before: bos,
    between: pieceOf(tokenizer, `\n\n${instruction}`).ids,
    after: pieceOf(tokenizer, `\n${lead}`).ids,
  };
}

/** Stand for what comes later: private characters that no template has of its own. */
const marks = { haystack: '\ue000haystack\ue000', question: '\ue001question\ue001' } as const;

async function chatFrame(tokenizer: Tokenizer, lead: string): Promise<PromptFrame> {
  const { chat } = tokenizer;
  if (chat === null)
    throw new Fault({ what: 'no chat template', expected: 'a chat model, or the plain template', got: 'neither' });
  const content = `Here is a text.\n\n${marks.haystack}\n\n${instruction}${marks.question}`;
  const text = await chat.render([{ role: 'user', content }], { addGenerationPrompt: true });
  const [before, rest] = halves(text, marks.haystack);
  const [between, after] = halves(rest, marks.question);
  const encode = (part: string) => tokenizer.encode(part, { special: false });
  // The template spells special tokens out itself.
  return { before: encode(before), between: pieceOf(tokenizer, between).ids, after: encode(`${after}${lead}`) };
}

function halves(text: string, mark: string): readonly [before: string, after: string] {
  const [before, after, ...more] = text.split(mark);
  if (before !== undefined && after !== undefined && more.length === 0) return [before, after];
  throw new Fault({
    what: 'the template does not give back what it is given',
    where: 'chat template',
    expected: 'the message once',
    got: after === undefined ? 'a turn without it' : `${more.length + 1} times`,
  });
}
