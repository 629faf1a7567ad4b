/** What a published circuit is: the circuit, the one model that it belongs to, and what its list was compared with. */
import type { Circuit, CircuitModel } from '../../results/circuit.ts';

/** One number of the model's weights, as float32 checkpoints hold it. */
export interface StatedWeight {
  /** Names in the checkpoint, the first that is there counts (prefixes differ between savings of the same family). */
  readonly tensors: readonly string[];
  /** One index per stored axis. */
  readonly index: readonly number[];
  readonly value: number;
  /** Largest difference that is still the same weight. */
  readonly tolerance: number;
}

export interface ReferenceModel {
  /** Family and shape; `architecture` is the id of engine/arch. */
  readonly model: CircuitModel;
  /** Entries of its tokenizer. */
  readonly tokenizerSize: number;
  /** Where no value is known, the reason. */
  readonly weights: readonly StatedWeight[] | { readonly unknown: string };
}

export interface Reference {
  /** The file's name. */
  readonly id: string;
  readonly title: string;
  readonly belongsTo: ReferenceModel;
  readonly circuit: Circuit;
  /** What the lists of nodes and edges were compared with, and how they differ from other lists of the same circuit. */
  readonly checked: string;
}
