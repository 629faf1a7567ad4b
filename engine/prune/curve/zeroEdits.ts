import type { Edit } from '../../terms/edits.ts';
import type { HeadsByLayer } from '../surgery/headsByLayer.ts';

/** z := 0 of these heads at every position: exactly what removal does. */
export function zeroEdits(removed: HeadsByLayer): Edit[] {
  return [...removed].map(([layer, heads]) => ({ site: 'z', layers: [layer], heads, operation: { kind: 'zero' } }));
}
