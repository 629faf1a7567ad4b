/** May a model be graded with a published circuit? Heads are numbers: in another model they name other heads. */
import type { Circuit, CircuitModel } from '../../results/circuit.ts';
import { Fault } from '../../terms/fault.ts';
import type { Reference, StatedWeight } from './reference.ts';

/** What is asked of the model that is to be graded. */
export interface GradedModel {
  /** For errors. */
  readonly name: string;
  /** Id of its family. */
  readonly architecture: string;
  readonly shape: CircuitModel['shape'];
  /** Entries of its tokenizer; null where it came without one. */
  readonly tokenizerSize: number | null;
  /** One float32 value of a tensor of the checkpoint; null where there is no such tensor, or no such index in it. */
  weight(tensor: string, index: readonly number[]): Promise<number | null>;
}

/** The circuit to grade against, and what could not be checked, to be said with the grade. */
export interface Grading {
  readonly circuit: Circuit;
  readonly notes: readonly string[];
}

/**
 * The reference's circuit, if this is the model that it belongs to: same family, shape, vocabulary, tokenizer size and
 * stated weights. Throws Fault with the first thing that differs. The longest prompt may differ: it is a
 * setting of how a model is used, and no head's number depends on it.
 */
export async function referenceFor(model: GradedModel, { id, belongsTo, circuit }: Reference): Promise<Grading> {
  const wanted = belongsTo.model;
  const refuse = (what: string, expected: string, got: string) =>
    new Fault({
      what: `not ${wanted.name}, which the circuit ${id} belongs to: ${what}`,
      where: model.name,
      expected,
      got,
    });
  if (model.architecture !== wanted.architecture) throw refuse('family', wanted.architecture, model.architecture);
  for (const field of shapeFields) {
    const [expected, got] = [wanted.shape[field], model.shape[field]];
    if (got !== expected) throw refuse(field, String(expected ?? 'none'), String(got ?? 'none'));
  }
  const { tokenizerSize } = model;
  if (tokenizerSize !== null && tokenizerSize !== belongsTo.tokenizerSize) {
    throw refuse('tokenizer', `${belongsTo.tokenizerSize} entries`, `${tokenizerSize}`);
  }
  const tokenizerNotes = tokenizerSize === null ? ['tokenizer not compared: the model came without one'] : [];
  const { weights } = belongsTo;
  if ('unknown' in weights) return { circuit, notes: [...tokenizerNotes, `weights not compared: ${weights.unknown}`] };
  for (const stated of weights) {
    const got = await valueOf(model, stated);
    const expected = `${stated.value} (within ${stated.tolerance.toPrecision(1)})`;
    const what = `weight ${stated.tensors.join(' or ')}[${stated.index.join(', ')}]`;
    if (got === null) throw refuse(what, expected, 'no such weight');
    // Written so that NaN is refused.
    if (!(Math.abs(got - stated.value) <= stated.tolerance)) throw refuse(what, expected, String(got));
  }
  return { circuit, notes: tokenizerNotes };
}

const shapeFields = [
  'layers',
  'heads',
  'kvHeads',
  'headWidth',
  'width',
  'mlpWidth',
  'vocabulary',
  'outputVocabulary',
] as const satisfies readonly (keyof GradedModel['shape'])[];

async function valueOf(model: GradedModel, { tensors, index }: StatedWeight): Promise<number | null> {
  for (const tensor of tensors) {
    const value = await model.weight(tensor, index);
    if (value !== null) return value;
  }
  return null;
}
