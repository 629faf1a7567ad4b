import { Fault } from '../../engine/terms/fault.ts';
import type { Dictionary } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';

export interface SimilarFeature {
  readonly feature: number;
  readonly cosine: number;
  readonly label: string | null;
}

/**
 * Features of `among` whose decoder rows have the largest cosine with that of a feature, itself left out where both are one
 * dictionary. Throws Fault for dictionaries of another width.
 */
export function similarFeatures(of: Dictionary, feature: number, among: Dictionary, top: number): SimilarFeature[] {
  if (of.width !== among.width) {
    const got = `${among.width}`;
    throw new Fault({ what: 'dictionaries of another width', expected: `${of.width}`, got });
  }
  const { width } = of;
  const row = weightOf(of, 'W_dec').subarray(feature * width, (feature + 1) * width);
  const rows = weightOf(among, 'W_dec');
  const found = Array.from({ length: among.features }, (_, i) => ({
    feature: i,
    cosine: cosine(row, rows.subarray(i * width, (i + 1) * width)),
  }));
  return found
    .filter((one) => of !== among || one.feature !== feature)
    .sort((a, b) => b.cosine - a.cosine || a.feature - b.feature)
    .slice(0, top)
    .map((one) => ({ ...one, label: among.labels.get(one.feature) ?? null }));
}

/** 0 for a row of zeros. */
function cosine(a: Float32Array, b: Float32Array): number {
  let [product, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    product += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return ofA === 0 || ofB === 0 ? 0 : product / Math.sqrt(ofA * ofB);
}
