/**
 * A feature turned off, scaled or added, as ordinary edits of the model. With x = x^ + e what the dictionary explains and what it
 * does not, x + (s - 1) f_j d_j is x with f_j scaled by s and everything else, e included, as it was (the error term is kept, not
 * dropped: Marks et al. 2024). Activations are those of the prompt without edits.
 */
import type { Model } from '../../engine/run/index.ts';
import type { Edit, EditValue } from '../../engine/terms/edits.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { layersOf } from '../activations/siteRows.ts';
import type { Dictionary } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';
import { rowScales } from '../prepared.ts';
import type { EncodedPrompt } from './encodePrompt.ts';

export type FeatureChange =
  | { readonly kind: 'scale'; readonly by: number }
  /** So many units of the feature. */
  | { readonly kind: 'add'; readonly amount: number };

export interface FeatureEditRequest {
  readonly feature: number;
  readonly change: FeatureChange;
  /** All where omitted. */
  readonly positions?: readonly number[];
}

/**
 * An edit a position where what is added differs from one to another; one edit for all, those of new tokens too, where it does
 * not. Throws Fault for positions outside the prompt, and for dictionaries whose rows are no tokens.
 */
export function featureEdits(
  { family }: Model,
  dictionary: Dictionary,
  encoded: EncodedPrompt,
  { feature, change, positions }: FeatureEditRequest,
): Edit[] {
  const { input } = dictionary;
  if (input.rows !== 'token') {
    throw new Fault({
      what: "a feature of means over positions can't be edited",
      expected: 'a dictionary with a row a token',
    });
  }
  const count = encoded.rows.data.length / encoded.rows.width / encoded.perToken;
  const bad = positions?.find((position) => position >= count);
  if (bad !== undefined) {
    throw new Fault({ what: 'position out of range', expected: `0 to ${count - 1}`, got: `${bad}` });
  }
  const parts = partsOf(dictionary, family);
  const value = writtenValue(dictionary, feature, family.shape.heads);
  const editAt = (place: EditPlace, times: number, at: readonly number[] | undefined): Edit => ({
    ...{ site: input.site, ...place },
    ...(at === undefined ? {} : { positions: at }),
    operation: { kind: 'add', times, value },
  });
  const isSame = change.kind === 'add' && input.normalisation === 'none';
  if (isSame) {
    return parts.map(({ place }) => editAt(place, change.amount / input.scale, positions));
  }
  const { factors } = rowScales(encoded.rows, input);
  const chosen = positions ?? Array.from({ length: count }, (_, position) => position);
  return chosen.flatMap((position) =>
    parts.flatMap(({ place, part }) => {
      const row = position * encoded.perToken + part;
      const amount = change.kind === 'add' ? change.amount : (change.by - 1) * codeOf(encoded, row, feature);
      if (amount === 0) return [];
      return [editAt(place, amount / (factors[row] as number), [position])];
    }),
  );
}

type EditPlace = Pick<Edit, 'layers' | 'heads'>;

/** Which row of a token is where in the model. */
function partsOf(
  { input }: Dictionary,
  family: Model['family'],
): { readonly place: EditPlace; readonly part: number }[] {
  const layers = layersOf(input, family);
  const { head } = input;
  if (head !== 'each') {
    const heads = typeof head === 'number' ? { heads: [head] } : {};
    return layers.map((layer, part) => ({ part, place: { layers: [layer], ...heads } }));
  }
  const count = family.shape.heads;
  return layers.flatMap((layer, i) =>
    Array.from({ length: count }, (_, h) => ({ part: i * count + h, place: { layers: [layer], heads: [h] } })),
  );
}

/** The feature's decoder row, in the axes of its site. */
function writtenValue(dictionary: Dictionary, feature: number, heads: number): EditValue {
  const { width, input } = dictionary;
  const data = weightOf(dictionary, 'W_dec').slice(feature * width, (feature + 1) * width);
  const last = input.site === 'z' ? 'H' : 'D';
  if (input.head !== 'concatenated') return { axes: last, shape: [width], data };
  return { axes: `N ${last}`, shape: [heads, width / heads], data };
}

function codeOf({ codes: { starts, indices, values } }: EncodedPrompt, row: number, feature: number): number {
  const [from, to] = [starts[row] as number, starts[row + 1] as number];
  const at = indices.subarray(from, to).indexOf(feature);
  return at < 0 ? 0 : (values[from + at] as number);
}
