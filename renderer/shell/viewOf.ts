/** The view of a place; null where this version has none. */
import type { PlaceId } from '../state/places.ts';
import { views } from '../views/index.ts';
import type { View } from '../views/view.ts';

export function viewOf(place: PlaceId): View | null {
  return views.find(({ id }) => id === place) ?? null;
}
