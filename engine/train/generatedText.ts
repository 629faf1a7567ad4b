/** Batches of generated text. */
import type { TaskTokenizer } from '../tasks/task.ts';
import { packSequence } from '../tasks/text/index.ts';
import { seededRandom } from '../tensor/random.ts';
import type { TokenSource } from './tokens.ts';

export interface GeneratedTextRequest {
  readonly tokenizer: TaskTokenizer;
  readonly vocabulary: number;
  /** Share of each kind of text at a step. */
  readonly mixAt: (step: number) => Readonly<Record<string, number>>;
  readonly otherWeight: number;
  readonly seed: number;
}

/** Every row of every step has its own seed. Throws Fault for an unknown kind of text. */
export function generatedText({ tokenizer, vocabulary, mixAt, otherWeight, seed }: GeneratedTextRequest): TokenSource {
  return {
    digest: '',
    batch(step, { rows, length }) {
      const [ids, targets] = [new BigInt64Array(rows * length), new BigInt64Array(rows * length)];
      const weights = new Float32Array(rows * length);
      const random = seededRandom(seed * 2 ** 32 + step);
      for (let row = 0; row < rows; row++) {
        const packed = packSequence({ random, tokenizer, vocabulary, length, mix: mixAt(step), otherWeight });
        weights.set(packed.weights, row * length);
        for (let i = 0; i < length; i++) {
          ids[row * length + i] = BigInt(packed.ids[i] as number);
          targets[row * length + i] = BigInt(packed.ids[i + 1] as number);
        }
      }
      return { ids, targets, weights };
    },
  };
}
