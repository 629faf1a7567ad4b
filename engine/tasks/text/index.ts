/** The text that small models are trained on: documents that show one behaviour each (engine/tasks/text/generators.ts). */
export { heldOut, trained } from './heldOut.ts';
export type { WordSet } from './heldOut.ts';
export type { TextKind } from './generators.ts';
export { plainText } from './plainText.ts';
export { packSequence } from './sequence.ts';
export type { PackedSequence, SequenceRequest, TextMix } from './sequence.ts';
