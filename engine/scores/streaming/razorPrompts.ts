/** The probe of RazorAttention: random tokens that come four times. */
import { distinct, ordinaryTokens } from '../../tasks/ordinaryTokens.ts';
import type { TaskTokenizer } from '../../tasks/task.ts';
import type { Random } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';
import type { ScorePrompt } from '../headScore.ts';

export interface RazorPromptsRequest {
  readonly n: number;
  readonly random: Random;
  readonly tokenizer: TaskTokenizer | null;
  /** V: ids are below it. */
  readonly vocabulary: number;
  readonly context: number;
  /** Put before every prompt; null for none. */
  readonly bosId: number | null;
  /** K: tokens of the sequence that is repeated; 500 where omitted, or as many as there is room for. */
  readonly length?: number;
}

export interface RazorPrompts {
  readonly prompts: readonly ScorePrompt[];
  /** K */
  readonly length: number;
  /** How this differs from the paper's probe. */
  readonly note: string;
}

/** Tang et al. 2024, arXiv 2407.15891; their code draws 2,500 ids and repeats them so often. */
const repeats = 4;
const ofThePaper = 2500;
const usual = 500;
const least = 2;

/** n prompts `[BOS] s s s s`, each s of K different ordinary tokens. Throws Fault where context or vocabulary don't hold them. */
export function razorPrompts(request: RazorPromptsRequest): RazorPrompts {
  const { n, random, context, bosId } = request;
  const ordinary = ordinaryTokens(request).ids.filter((id) => id !== bosId);
  const prefix = bosId === null ? [] : [bosId];
  const most = Math.min(Math.floor((context - prefix.length) / repeats), ordinary.length);
  const length = request.length ?? Math.min(usual, most);
  if (length > most || length < least) {
    const expected = `${least} to ${most} (${repeats} times in a context of ${context}, ${ordinary.length} ordinary tokens)`;
    throw new Fault({ what: 'tokens in the repeated sequence', expected, got: String(length) });
  }
  const prompts = Array.from({ length: n }, (): ScorePrompt => {
    const sequence = distinct(ordinary, length, random.below);
    const ids = [...prefix, ...Array.from({ length: repeats }, () => sequence).flat()];
    return { ids, bosId, copies: null };
  });
  const scaled = length === ofThePaper ? '' : `${length} tokens where the paper has ${ofThePaper}; `;
  return { prompts, length, note: `${scaled}different ordinary tokens, ${repeats} times, in ${n} sequences` };
}
