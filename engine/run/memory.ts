/** What opening a model will cost in memory, before it is paid. */
import { availableMemory } from 'node:process';
import type { Family, Weights } from '../arch/architecture.ts';
import type { ModelFiles, StoredTensor } from '../files/modelFiles.ts';
import { Fault } from '../terms/fault.ts';
import type { WeightMode } from './weightStore.ts';

export interface MemoryEstimate {
  readonly mode: WeightMode;
  /** Bytes of the weights as programs hold them. */
  readonly weights: number;
  /** Bytes at the peak of opening and running a short prompt, the process itself included. */
  readonly total: number;
}

/** Node, the runtime's libraries and the activations of a short prompt; measured on SmolLM2-135M. */
const PROCESS_BYTES = 150e6;
/** Opening converts one layer at a time, and freed buffers linger until the next collection. */
const CONVERSION_LAYERS = 4;

/** Bytes per weight of a block type held in MatMulNBits' layout: codes, fp32 scales and, where there are any, fp32 minimums. */
const heldPerWeight: Partial<Record<StoredTensor['type'], number>> = {
  Q4_0: 0.5 + 4 / 32,
  Q4_1: 0.5 + 8 / 32,
  Q4_K: 0.5 + 8 / 32,
  Q5_0: 1 + 4 / 32,
  Q5_1: 1 + 8 / 32,
  Q5_K: 1 + 8 / 32,
  Q8_0: 1 + 4 / 32,
  IQ4_NL: 1 + 4 / 32,
  Q2_K: 0.5 + 8 / 16,
  Q3_K: 0.5 + 4 / 16,
  Q6_K: 1 + 4 / 16,
};

/** Every weight of every program once; a tied embedding is held by two programs and counts twice. */
export function memoryEstimate(files: ModelFiles, family: Family, mode: WeightMode): MemoryEstimate {
  const held = (weights: Weights) => programBytes(files, weights, mode);
  const blocks = Array.from({ length: family.shape.layers }, (_, layer) => held(family.block(layer).weights));
  // An embedding stored in blocks is kept in them in either mode.
  const ends = programBytes(files, family.embed.weights, 'quantised') + held(family.unembed.weights);
  const weights = blocks.reduce((sum, bytes) => sum + bytes, ends);
  const conversion = CONVERSION_LAYERS * Math.max(0, ...blocks) + held(family.unembed.weights);
  return { mode, weights, total: Math.round(weights + conversion + PROCESS_BYTES) };
}

function programBytes(files: ModelFiles, weights: Weights, mode: WeightMode): number {
  const bytes = Object.values(weights).map(({ tensors, axes }) => {
    const count = axes.reduce((product, { size }) => product * size, 1);
    const type = tensors.map((name) => files.tensors.get(name)?.type).find((found) => found !== undefined);
    const held = mode === 'quantised' && type !== undefined && axes.length >= 2 ? heldPerWeight[type] : undefined;
    return count * (held ?? 4);
  });
  return bytes.reduce((sum, size) => sum + size, 0);
}

export function isQuantised(files: ModelFiles): boolean {
  return [...files.tensors.values()].some(({ type }) => heldPerWeight[type] !== undefined);
}

/** float32 (the reference) unless that would take more than half of the memory that is free and the file has blocks to keep. */
export function chooseMode(files: ModelFiles, family: Family, budget: number): WeightMode {
  if (!isQuantised(files)) return 'float32';
  return memoryEstimate(files, family, 'float32').total <= budget / 2 ? 'float32' : 'quantised';
}

/** Bytes that this process may still take. */
export function freeMemory(): number {
  return availableMemory();
}

/** Throws Fault with the numbers where the model can't fit. */
export function requireFits(estimate: MemoryEstimate, budget: number, path: string): void {
  if (estimate.total <= budget) return;
  throw new Fault({
    what: `the model does not fit in memory (${estimate.mode} weights ${gigabytes(estimate.weights)})`,
    where: path,
    expected: `at most ${gigabytes(budget)}, which is free`,
    got: `${gigabytes(estimate.total)} needed`,
  });
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
