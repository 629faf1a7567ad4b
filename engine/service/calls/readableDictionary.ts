import type { Model } from '../../run/index.ts';
import { Fault } from '../../terms/fault.ts';
import { layersOf, rowForm } from '../../../sae/activations/siteRows.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { describeInput } from '../../../sae/input.ts';

/** Throws Fault for a dictionary whose site, layer, head or width the model lacks. */
export function requireReadable({ family, files }: Model, { input, width }: Dictionary, where: string): void {
  const lack = family.lacks[input.site];
  if (lack !== undefined) throw new Fault({ what: `the model has no site ${input.site}: ${lack}`, where });
  layersOf(input, family);
  const expected = rowForm(input, family).width;
  if (width === expected) return;
  const what = `the dictionary does not fit ${files.name}, ${describeInput(input)}`;
  throw new Fault({ what, where, expected: `width ${expected}`, got: `${width}` });
}

/** Throws Fault for a feature that it does not have. */
export function requireFeature({ features }: Dictionary, feature: number, where: string): void {
  if (feature < features) return;
  throw new Fault({ what: 'no such feature', where, expected: `0 to ${features - 1}`, got: `${feature}` });
}
