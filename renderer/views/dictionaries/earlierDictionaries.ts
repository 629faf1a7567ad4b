/** Which dictionaries an activation can be split through: those of this model that read earlier layers. */
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { placeName } from './trainPlaces.ts';
import { isOfModel } from './useShelf.ts';

/** At most, as the call takes them. */
export const MOST_EARLIER = 16;

/** From the first layer on, of one layer the newest first; no controls. */
export function earlierDictionaries(
  cards: readonly DictionaryCard[],
  { place }: DictionaryCard,
  model: { readonly name: string; readonly fingerprint: string },
): readonly DictionaryCard[] {
  const layer = place.layer ?? 0;
  const layerOf = (one: DictionaryCard) => one.place.layer ?? layer;
  return cards
    .filter((one) => one.made !== 'control' && isOfModel(one, model) && layerOf(one) < layer)
    .toSorted((a, b) => layerOf(a) - layerOf(b));
}

/**
 * Those that the user picked, and of what was said nothing of the first of each place: two dictionaries of one place explain the
 * same, and both would be counted.
 */
export function pickedDictionaries(
  earlier: readonly DictionaryCard[],
  picked: Readonly<Record<string, boolean>>,
): readonly DictionaryCard[] {
  const isFirst = ({ place }: DictionaryCard, at: number) =>
    earlier.findIndex((one) => placeName(one.place) === placeName(place)) === at;
  return earlier.filter((card, at) => picked[card.path] ?? isFirst(card, at)).slice(0, MOST_EARLIER);
}

/** `L1.residPost`; the dictionary's own name where several read that place. */
export function earlierNames(earlier: readonly DictionaryCard[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const { place } of earlier) counts.set(placeName(place), (counts.get(placeName(place)) ?? 0) + 1);
  return new Map(
    earlier.map(({ path, name, place }) => [path, counts.get(placeName(place)) === 1 ? placeName(place) : name]),
  );
}

/** Why there are none, and what would make it possible. */
export function noneEarlier({ place: { layer, site } }: DictionaryCard): string {
  if (site === 'mlpOut')
    return 'What an MLP gives is not a sum over what was written before it: there is nothing to go back to.';
  if (layer === null) return 'This dictionary reads all layers, so that no other comes before it.';
  if (layer === 0) return 'This dictionary reads layer 0: no layer comes before it.';
  const layers = layer === 1 ? 'layer 0' : `one of layers 0 to ${layer - 1}`;
  return `Train or import a dictionary on ${layers} of this model, and the activation is split into its features here.`;
}
