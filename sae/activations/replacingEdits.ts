/** Rows put in the place of the model's values. */
import type { Family } from '../../engine/arch/architecture.ts';
import type { Edit, EditValue } from '../../engine/terms/edits.ts';
import { sites } from '../../engine/terms/sites.ts';
import type { Rows } from '../rows.ts';
import type { Place, TokenPlace } from './siteRows.ts';
import { layersOf, rowForm } from './siteRows.ts';

/** Tokens of a batch whose longest row has so many slots. */
export interface BatchTokens {
  readonly tokens: readonly TokenPlace[];
  readonly slots: number;
}

/** Edits after which `placeRows` of the same tokens gives these rows; other positions stay. Rows as the model has them. */
export function replacingEdits(rows: Rows, place: Place, { tokens, slots }: BatchTokens, family: Family): Edit[] {
  const { width, perToken } = rowForm(place, family);
  if (rows.width !== width || rows.data.length !== tokens.length * perToken * width) {
    throw new RangeError(`rows: expected ${tokens.length * perToken} of ${width}, got others`);
  }
  const layers = layersOf(place, family);
  const perLayer = (perToken * width) / layers.length;
  return [...tokensByRow(tokens)].flatMap(([row, own]) =>
    layers.map((layer, i): Edit => {
      const at = (token: number) => token * perToken * width + i * perLayer;
      const value = valueOf(own, { place, slots, shape: family.shape }, (token) =>
        rows.data.subarray(at(token), at(token) + perLayer),
      );
      const positions = own.map(({ position }) => position);
      const heads = typeof place.head === 'number' ? { heads: [place.head] } : {};
      return {
        site: place.site,
        layers: [layer],
        ...heads,
        rows: [row],
        positions,
        operation: { kind: 'replace', value },
      };
    }),
  );
}

interface NumberedToken {
  readonly token: number;
  readonly position: number;
}

function tokensByRow(tokens: readonly TokenPlace[]): ReadonlyMap<number, readonly NumberedToken[]> {
  const byRow = new Map<number, NumberedToken[]>();
  tokens.forEach(({ row, position }, token) => {
    const own = byRow.get(row) ?? [];
    own.push({ token, position });
    byRow.set(row, own);
  });
  return byRow;
}

/** [P N H], [P N D] or [P D]; what stands at positions that are not replaced is not used. P 1 for one position. */
function valueOf(
  own: readonly NumberedToken[],
  { place, slots, shape }: { readonly place: Place; readonly slots: number; readonly shape: Family['shape'] },
  valuesOf: (token: number) => Float32Array,
): EditValue {
  const length = own[0] === undefined ? 0 : valuesOf(own[0].token).length;
  const places = own.length === 1 ? 1 : slots;
  const data = new Float32Array(places * length);
  for (const { token, position } of own) data.set(valuesOf(token), places === 1 ? 0 : position * length);
  const axes = sites[place.site].axes.slice('B '.length);
  if (place.head === null) return { axes, shape: [places, length], data };
  const heads = typeof place.head === 'number' ? 1 : shape.heads;
  return { axes, shape: [places, heads, length / heads], data };
}
