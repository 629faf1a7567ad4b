/** A Python process that holds the same model in PyTorch and runs what it is asked: one request and one answer a line. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type TorchAttention = 'eager' | 'sdpa';

export type TorchRequest =
  /** `keep`: logits of all positions (0) or of the last only (1). */
  | {
      readonly do: 'forward';
      readonly ids: readonly (readonly number[])[];
      readonly keep: 0 | 1;
      readonly attention: TorchAttention;
      readonly logits?: boolean;
    }
  /** One forward pass with a hook that sets one head's z to zero. */
  | {
      readonly do: 'ablateHead';
      readonly ids: readonly (readonly number[])[];
      readonly layer: number;
      readonly head: number;
    }
  /** Forward and backward to every layer's z, from the difference of two logits at the last position. */
  | {
      readonly do: 'gradients';
      readonly ids: readonly (readonly number[])[];
      readonly answers: readonly number[];
      readonly wrong: readonly number[];
      readonly attention: TorchAttention;
    }
  /** One training step of a model made from its config: cross entropy, backward, clipping, AdamW. */
  | {
      readonly do: 'trainStep';
      readonly config: Readonly<Record<string, unknown>>;
      readonly rows: number;
      readonly length: number;
    }
  /** One training step of matching pursuit, in the form of the paper's repository or of SAELens. */
  | {
      readonly do: 'pursuitStep';
      readonly form: 'dense' | 'gathered';
      readonly rows: number;
      readonly width: number;
      readonly features: number;
      readonly steps: number;
    }
  /** One training step of a dictionary with a linear encoder. */
  | {
      readonly do: 'dictionaryStep';
      readonly kind: 'standard' | 'topK' | 'batchTopK';
      readonly k: number;
      /** What the encoder's bias starts at. */
      readonly offset: number;
      readonly rows: number;
      readonly width: number;
      readonly features: number;
    }
  /** Greedy decoding with a cache; `ms` is the time of the `tokens` after prefill. */
  | {
      readonly do: 'decode';
      readonly ids: readonly number[];
      readonly tokens: number;
      readonly attention: TorchAttention;
    };

export interface TorchAnswer {
  readonly ms: number;
  /** float32, little endian, base64. */
  readonly logits?: string;
  readonly prefillMs?: number;
  /** z . gradient of every head, in layer order. */
  readonly gradients?: readonly number[];
}

export interface TorchGreeting {
  readonly torch: string;
  readonly threads: number;
  readonly openSeconds: number;
}

export class TorchPeer {
  readonly greeting: TorchGreeting;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessWithoutNullStreams, lines: AsyncIterator<string>, greeting: TorchGreeting) {
    this.#child = child;
    this.#lines = lines;
    this.greeting = greeting;
  }

  /** Rejects where this Python lacks what the script imports. */
  static async start(python: string, model: string): Promise<TorchPeer> {
    const child = spawn(python, ['test/bench/torchPeer.py', model]);
    child.stderr.pipe(process.stderr);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done === true) throw new Error(`${python}: test/bench/torchPeer.py ended before it was ready`);
    return new TorchPeer(child, lines, JSON.parse(first.value) as TorchGreeting);
  }

  async ask(request: TorchRequest): Promise<TorchAnswer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('the PyTorch process ended');
    return JSON.parse(line.value) as TorchAnswer;
  }

  stop(): void {
    this.#child.stdin.end();
  }
}
