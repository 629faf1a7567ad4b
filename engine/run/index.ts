/** Models that run: open, forward, generate. */
export type { Padding } from './batch.ts';
export type { Capture, ForwardRequest } from './forward.ts';
export { Activations } from './forward.ts';
export type { GeneratedToken, GenerateRequest } from './generate.ts';
export type { MemoryEstimate } from './memory.ts';
export { isMappable, isQuantised, memoryEstimate } from './memory.ts';
export type { ModelDescription, OpenOptions } from './model.ts';
export { describeModel, Model, openModel } from './model.ts';
export type { WeightMode } from './weightStore.ts';
export type { Priority } from './turns.ts';
export { prioritised, withPriority } from './turns.ts';
