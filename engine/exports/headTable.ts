/** Tables of heads: made, and told in words. Imports results only. */
import type { HeadTable } from '../results/importedScores.ts';

type Parts = Pick<HeadTable, 'id' | 'title' | 'kind' | 'unit' | 'perLayer' | 'values'> & Partial<HeadTable>;

/** A table without what is not given. */
export function headTable(parts: Parts): HeadTable {
  return { direction: null, measure: null, settings: null, intervals: null, labels: null, runs: null, ...parts };
}

/** `heads`, `KV groups` */
export function unitWords(unit: HeadTable['unit']): string {
  return unit === 'head' ? 'heads' : 'KV groups';
}

/** `30 layers of 9 heads`, `layers of 4, 4, 3 heads` */
export function shapeWords(perLayer: readonly number[], unit: HeadTable['unit']): string {
  const [first = 0] = perLayer;
  const isEven = perLayer.every((units) => units === first);
  if (isEven) return `${perLayer.length} layers of ${first} ${unitWords(unit)}`;
  const listed = perLayer.slice(0, 8).join(', ');
  return `${perLayer.length} layers of ${listed}${perLayer.length > 8 ? ', ...' : ''} ${unitWords(unit)}`;
}
