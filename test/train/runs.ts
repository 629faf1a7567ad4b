/** A small training run: a two-layer model on a chain of tokens whose entropy is known. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainConfig } from '../../engine/train/config.ts';
import type { TrainEvent } from '../../engine/train/train.ts';
import { train } from '../../engine/train/train.ts';
import { seededRandom } from '../../engine/tensor/random.ts';

/** Token ids of the chain. */
export const VOCABULARY = 32;

/** Nats per token of the chain: -(3/4 log 3/4 + 1/4 log 1/4). */
export const ENTROPY = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25));

/** 16-bit ids: after token t comes one of two tokens of its own, the first three times in four. */
export function writeChain(path: string, count = 20_000): string {
  const random = seededRandom(11);
  const successors = Array.from({ length: VOCABULARY }, () => [random.below(VOCABULARY), random.below(VOCABULARY)]);
  const bytes = Buffer.alloc(2 * count);
  for (let i = 0, token = 0; i < count; i++) {
    bytes.writeUInt16LE(token, 2 * i);
    token = successors[token]?.[random.next() < 0.75 ? 0 : 1] ?? 0;
  }
  writeFileSync(path, bytes);
  return path;
}

export const smallModel = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: VOCABULARY,
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 32,
  hidden_act: 'silu',
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  tie_word_embeddings: false,
};

/** Trains on the chain in these files; `changes` replace whole fields. */
export function smallConfig(files: readonly string[], changes: Partial<TrainConfig> = {}): TrainConfig {
  return {
    model: smallModel,
    data: { kind: 'tokens', files, type: 'uint16' },
    stages: [
      { steps: 30, rows: 8, length: 16 },
      { steps: 20, rows: 4, length: 32 },
    ],
    optimiser: { kind: 'adamW', betas: [0.9, 0.98], epsilon: 1e-8, weightDecay: 0.05, clip: 1 },
    schedule: { kind: 'cosine', peak: 1e-2, warmup: 5, floor: 0.05 },
    start: { embedding: 1, matrices: 'fanIn', scaledOutputs: true },
    seed: 3,
    checkpointEvery: 10,
    dtype: 'float32',
    ...changes,
  };
}

export type Taken = (event: TrainEvent) => unknown;

/** Runs to the end or to what it throws; every event goes to `take`. */
export async function runTraining(
  folder: string,
  config: TrainConfig,
  take: Taken = () => undefined,
  signal?: AbortSignal,
): Promise<void> {
  const request = { config, folder, tokenizer: null, beside: [] };
  for await (const event of train(signal === undefined ? request : { ...request, signal })) take(event);
}

/** SHA-256 of a file: to compare its bytes. */
export function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Of the trained model. */
export function weightsIn(folder: string): string {
  return digestOf(join(folder, 'model.safetensors'));
}

interface LogRow {
  readonly step: number;
  readonly loss: number;
}

export function logIn(folder: string): LogRow[] {
  const text = readFileSync(join(folder, 'training', 'log.jsonl'), 'utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as LogRow]));
}
