/** Several places side by side in one row. */
import type { Family } from '../../engine/arch/architecture.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { describeInput } from '../input.ts';
import type { Place } from './siteRows.ts';
import { captureFor, rowForm } from './siteRows.ts';

export interface PlaceColumns {
  /** Of all together. */
  readonly width: number;
  /** Rows a token. */
  readonly perToken: number;
  /** By place: where its columns begin, and how many there are. */
  readonly columns: readonly { readonly first: number; readonly width: number }[];
}

/** Throws Fault for a layer or head that the model lacks, and for places that have different numbers of rows a token. */
export function placeColumns(places: readonly Place[], family: Family): PlaceColumns {
  captureFor(places, family);
  const forms = places.map((place) => rowForm(place, family));
  const perToken = forms[0]?.perToken ?? 1;
  const other = forms.findIndex((form) => form.perToken !== perToken);
  if (other >= 0) {
    const where = placeName(places[other] as Place);
    const expected = `${perToken}, as ${placeName(places[0] as Place)} has: train the two apart`;
    throw new Fault({ what: 'rows a token', where, expected, got: String(forms[other]?.perToken) });
  }
  let width = 0;
  const columns = forms.map((form) => {
    const first = width;
    width += form.width;
    return { first, width: form.width };
  });
  return { width, perToken, columns };
}

/** `z of L1H2` */
export function placeName(place: Place): string {
  return describeInput({
    ...place,
    rows: 'token',
    valueBias: 'kept',
    centred: false,
    scale: 1,
    normalisation: 'none',
    subtractsBias: true,
  });
}
