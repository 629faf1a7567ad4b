/** What opening a model will cost in memory, before it is paid. */
import { availableMemory } from 'node:process';
import type { Family, WeightSource } from '../arch/architecture.ts';
import type { ModelFiles, StoredTensor } from '../files/modelFiles.ts';
import { Fault } from '../terms/fault.ts';
import type { WeightMode } from './weightStore.ts';
import { canMap } from './weightStore.ts';

export interface MemoryEstimate {
  readonly mode: WeightMode;
  /** Bytes of the weights as programs hold them. */
  readonly weights: number;
  /** Bytes at the peak of opening and running a short prompt, the process itself included. */
  readonly total: number;
}

/** Node, the runtime's libraries, the tokenizer and the activations of a short prompt; measured on SmolLM2-135M. */
const PROCESS_BYTES = 180e6;
/** What a session costs beside its weights, where each layer has its own. */
const SESSION_BYTES = 5e6;

/**
 * Bytes per weight of a block type held in MatMulNBits' layout: codes, fp32 scales and, where there are any, fp32 minimums.
 * Eight-bit codes are held as two four-bit products with scales of their own, and always with minimums.
 */
const heldPerWeight: Partial<Record<StoredTensor['type'], number>> = {
  Q4_0: 0.5 + 4 / 32,
  Q4_1: 0.5 + 8 / 32,
  Q4_K: 0.5 + 8 / 32,
  Q5_0: 1 + 12 / 32,
  Q5_1: 1 + 12 / 32,
  Q5_K: 1 + 12 / 32,
  Q8_0: 1 + 12 / 32,
  IQ4_NL: 1 + 12 / 32,
  Q2_K: 0.5 + 8 / 16,
  Q3_K: 0.5 + 4 / 16,
  Q6_K: 1 + 12 / 16,
};

/** Float weights once, however many programs read them; weights kept in blocks once for each program; mapped ones not at all. */
export function memoryEstimate(files: ModelFiles, family: Family, mode: WeightMode): MemoryEstimate {
  const blocks = Array.from({ length: family.shape.layers }, (_, layer) => family.block(layer).weights);
  const held = [family.embed.weights, ...blocks, family.unembed.weights].flatMap((weights) =>
    Object.values(weights).map((source) => heldWeight(files, source, mode)),
  );
  const floats = new Map(held.filter(({ isFloat }) => isFloat).map(({ key, bytes }) => [key, bytes]));
  const kept = held.filter(({ isFloat }) => !isFloat).map(({ bytes }) => bytes);
  const weights = [...floats.values(), ...kept].reduce((sum, bytes) => sum + bytes, 0);
  const sessions = kept.length === 0 && mode !== 'mapped' ? 0 : SESSION_BYTES * (family.shape.layers + 2);
  return { mode, weights, total: Math.round(weights + sessions + PROCESS_BYTES) };
}

interface HeldWeight {
  readonly key: string;
  readonly bytes: number;
  readonly isFloat: boolean;
}

function heldWeight(files: ModelFiles, { tensors, rows, axes }: WeightSource, mode: WeightMode): HeldWeight {
  const count = axes.reduce((product, { size }) => product * size, 1);
  const name = tensors.find((candidate) => files.tensors.has(candidate)) ?? '';
  const tensor = files.tensors.get(name);
  const type = tensor?.type;
  if (mode === 'mapped' && tensor !== undefined && canMap(tensor, axes)) return { key: name, bytes: 0, isFloat: false };
  const perWeight = mode === 'quantised' && type !== undefined && axes.length >= 2 ? heldPerWeight[type] : undefined;
  return {
    key: `${name}[${rows?.join(':') ?? ''}]`,
    bytes: count * (perWeight ?? 4),
    isFloat: perWeight === undefined,
  };
}

export function isQuantised(files: ModelFiles): boolean {
  return [...files.tensors.values()].some(({ type }) => heldPerWeight[type] !== undefined);
}

export function isMappable(files: ModelFiles): boolean {
  return [...files.tensors.values()].some((tensor) => canMap(tensor, tensor.shape));
}

/**
 * float32 (the reference) unless that would take more than half of the memory that is free and the file has blocks to
 * keep, or does not fit at all and the file holds float32 that can stay in it.
 */
export function chooseMode(files: ModelFiles, family: Family, budget: number): WeightMode {
  const { total } = memoryEstimate(files, family, 'float32');
  if (isQuantised(files)) return total <= budget / 2 ? 'float32' : 'quantised';
  return total > budget && isMappable(files) ? 'mapped' : 'float32';
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
