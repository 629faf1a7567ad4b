import type { Model } from '../../engine/run/index.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { DictionaryInput } from '../input.ts';
import type { Rows } from '../rows.ts';

/** Rows of a model's values in the convention of a dictionary. Throws Fault for conventions that are not read here. */
export async function dictionaryRows(model: Model, rows: Rows, input: DictionaryInput): Promise<Rows> {
  if (input.valueBias === 'kept' && !input.centred) return rows;
  const got = [...(input.valueBias === 'folded' ? ['a folded value bias'] : []), ...(input.centred ? ['centred'] : [])];
  throw new Fault({
    what: 'what the dictionary reads',
    where: model.files.path,
    expected: "the model's values as they are",
    got: got.join(', '),
  });
}
