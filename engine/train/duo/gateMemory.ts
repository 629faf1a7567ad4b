/** What a step of the gates takes in memory, before it is paid. */
import type { Family } from '../../arch/architecture.ts';
import { freeMemory } from '../../run/memory.ts';
import { Fault } from '../../terms/fault.ts';
import { peakBytes } from '../memory.ts';
import { gatedBlockGradient } from './gatedBlock.ts';

/**
 * What the values of a block, the streams and the masks come to in the process: three sessions keep their arenas, and laid
 * out twice at that. On SmolLM2-135M values of 70 MB (384 tokens) and 103 MB (512) were 238 and 348 MB more resident at most.
 */
const PER_VALUE = 3.5;

/** Bytes of a text of so many tokens beside the weights: one block backwards, the gated stream at every layer, and the masks. */
export function gateStepBytes(family: Family, tokens: number): number {
  const { layers, width } = family.shape;
  const block = peakBytes(gatedBlockGradient(family, 0, { B: 1, P: tokens, K: tokens }));
  const windows = new Set(Array.from({ length: layers }, (_, layer) => family.windowOf(layer))).size;
  return PER_VALUE * (block + 4 * tokens * (width * (layers + 3) + 2 * windows * tokens));
}

/** Throws Fault where the longest text takes more than is free. */
export function requireRoom(family: Family, tokens: number, budget: number = freeMemory()): void {
  const needed = gateStepBytes(family, tokens);
  if (needed <= budget) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;
  throw new Fault({
    what: `texts of ${tokens} tokens do not fit in memory`,
    where: 'lengths',
    expected: `at most ${gigabytes(budget)}, which is free`,
    got: `${gigabytes(needed)} needed`,
  });
}
