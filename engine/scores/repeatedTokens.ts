/** Prompts of random tokens that come twice: what behaviour scores are read on where nothing else is asked for. */
import { distinct, ordinaryTokens } from '../tasks/ordinaryTokens.ts';
import type { TaskTokenizer } from '../tasks/task.ts';
import type { Random } from '../tensor/random.ts';
import { Fault } from '../terms/fault.ts';
import type { ScorePrompt } from './headScore.ts';

export interface RepeatedTokensRequest {
  readonly n: number;
  readonly random: Random;
  /** Null for a model without one: tokens of the whole vocabulary are drawn then. */
  readonly tokenizer: TaskTokenizer | null;
  /** V: ids are below it; the smaller one where inputs and outputs differ. */
  readonly vocabulary: number;
  readonly context: number;
  /** Put before every prompt; null for none. */
  readonly bosId: number | null;
  /** Tokens in the sequence that is repeated; 50 where omitted, fewer where context or vocabulary don't hold as many. */
  readonly length?: number;
}

export interface RepeatedTokens {
  readonly prompts: readonly ScorePrompt[];
  /** Tokens in the sequence that is repeated. */
  readonly length: number;
}

const usual = 50;
const least = 2;

/**
 * n prompts `[BOS] s s`, each s of `length` different ordinary tokens (Olsson et al. 2022, arXiv 2209.11895).
 * Throws Fault where context or vocabulary don't hold them.
 */
export function repeatedTokens(request: RepeatedTokensRequest): RepeatedTokens {
  const { n, random, context, bosId } = request;
  const { ids: drawn, tried } = ordinaryTokens(request);
  const ordinary = drawn.filter((id) => id !== bosId);
  const prefix = bosId === null ? [] : [bosId];
  const most = Math.min(Math.floor((context - prefix.length) / 2), ordinary.length);
  const length = request.length ?? Math.min(usual, most);
  if (length > most || length < least) {
    throw new Fault({
      what: 'tokens in the repeated sequence',
      expected: `${least} to ${most} (context of ${context}, ${ordinary.length} of ${tried} tokens are ordinary)`,
      got: String(length),
    });
  }
  const prompts = Array.from({ length: n }, (): ScorePrompt => {
    const sequence = distinct(ordinary, length, random.below);
    return { ids: [...prefix, ...sequence, ...sequence], bosId, copies: null };
  });
  return { prompts, length };
}
