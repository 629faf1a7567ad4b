import type { Model } from '../../engine/run/index.ts';
import { inputRows } from '../activations/inputRows.ts';
import { rowForm } from '../activations/siteRows.ts';
import type { DictionaryInput } from '../input.ts';

/** What reads a row of the model's values as a reader of the dictionary's row does: dictionary row . r = row . reader + sum of shift. */
export interface ModelReader {
  /** [D] */
  readonly reader: Float64Array;
  /** [D] what each entry reads of the value bias that the dictionary's convention folds away; 0 elsewhere. */
  readonly shift: Float64Array;
}

/**
 * The dictionary reads C (x - b): b its folded value bias, C that takes away the mean over the model's width. `part`: which of the
 * rows of a token.
 */
export async function modelReader(
  model: Model,
  input: DictionaryInput,
  ofRow: Float64Array,
  part: number,
): Promise<ModelReader> {
  const reader = input.centred && input.site !== 'z' ? centred(ofRow, model.family.shape.width) : ofRow;
  if (input.valueBias === 'kept') return { reader, shift: new Float64Array(reader.length) };
  const { width, perToken } = rowForm(input, model.family);
  const zeros = { width, data: new Float32Array(perToken * width) };
  const { data } = await inputRows(model, zeros, { ...input, centred: false });
  return { reader, shift: reader.map((value, d) => value * (data[part * width + d] as number)) };
}

/** Each part of this width less its mean. */
function centred(values: Float64Array, width: number): Float64Array {
  const means = Array.from({ length: values.length / width }, (_, i) => {
    const part = values.subarray(i * width, (i + 1) * width);
    return part.reduce((sum, value) => sum + value, 0) / width;
  });
  return values.map((value, i) => value - (means[Math.floor(i / width)] as number));
}
