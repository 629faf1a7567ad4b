/** Tokens that the model adds, as they come. */
import type { EventOf, ResultOf } from '../../../engine/results/contract.ts';
import type { StreamStatus } from '../../api/streamFold.ts';
import { formatNumber, formatRate } from '../../marks/format.ts';
import type { Token } from '../../marks/tokens/token.ts';
import { csvOf } from '../../parts/csv.ts';

export interface Written {
  readonly tokens: readonly Token[];
  /** Of each token when it was taken. */
  readonly probabilities: readonly number[];
}

export const nothingWritten: Written = { tokens: [], probabilities: [] };

export function foldGenerated({ tokens, probabilities }: Written, event: EventOf<'generate'>): Written {
  const { id, text, logProbability } = event;
  return {
    tokens: [...tokens, { id, text: text ?? `#${id}` }],
    probabilities: [...probabilities, Math.exp(logProbability)],
  };
}

export function generatedText({ tokens }: Written): string {
  return tokens.map(({ text }) => text).join('');
}

const reasons: Readonly<Record<ResultOf<'generate'>['stopped'], string>> = {
  end: 'ended by itself',
  length: 'as many tokens as were asked for',
  context: 'the context is full',
};

/** `40 tokens, as many tokens as were asked for, 22 tokens/s`. */
export function generatedWords(status: StreamStatus, { tokens }: Written, result: ResultOf<'generate'> | null): string {
  const count = `${formatNumber(tokens.length)} ${tokens.length === 1 ? 'token' : 'tokens'}`;
  if (result !== null)
    return `${count}, ${reasons[result.stopped]}, ${formatRate(result.ids.length / result.seconds, 'tokens')}`;
  return status === 'cancelled' ? `${count}, stopped` : `${count}, writing`;
}

export function generatedCsv({ tokens, probabilities }: Written): string {
  return csvOf(
    ['id', 'token', 'probability'],
    tokens.map(({ id, text }, i) => [id ?? null, text, probabilities[i] ?? null]),
  );
}
