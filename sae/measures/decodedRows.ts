import type { Codes } from '../codes.ts';
import type { Dictionary } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';
import { prepared } from '../prepared.ts';
import type { Rows } from '../rows.ts';

/** x^ = f W_dec + b_dec of codes that were given or changed, with the scale and normalisation of the rows `of` undone. */
export function decodedRows(dictionary: Dictionary, { starts, indices, values }: Codes, of: Rows): Rows {
  const { width } = dictionary;
  const [decoder, bias] = [weightOf(dictionary, 'W_dec'), weightOf(dictionary, 'b_dec')];
  const data = new Float32Array((starts.length - 1) * width);
  for (let row = 0; row + 1 < starts.length; row++) {
    const own = Float64Array.from(bias);
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) {
      const from = (indices[at] as number) * width;
      for (let d = 0; d < width; d++)
        own[d] = (own[d] as number) + (values[at] as number) * (decoder[from + d] as number);
    }
    data.set(own, row * width);
  }
  return { width, data: prepared(of, dictionary.input).undo(data) };
}
