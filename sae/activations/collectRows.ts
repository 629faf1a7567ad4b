/** Rows of windows as the model gives them, checked, with the time that it took. */
import type { Model } from '../../engine/run/index.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Rows } from '../rows.ts';
import { placeColumns, placeName } from './placeColumns.ts';
import type { Place, SiteRowsRequest, WindowRows } from './siteRows.ts';
import { siteRows } from './siteRows.ts';

interface CollectedRows {
  readonly rows: Rows;
  /** That the model ran. */
  readonly seconds: number;
}

/** Throws Fault for a value that is not finite: it names the place and the token. `firstWindow`: windows of the text before these. */
export async function* collectRows(
  model: Model,
  { windows, places, skip, signal }: SiteRowsRequest,
  firstWindow = 0,
): AsyncGenerator<CollectedRows, void, void> {
  const columns = placeColumns(places, model.family);
  const request = { windows, places, skip, ...(signal === undefined ? {} : { signal }) };
  let began = performance.now();
  let window = firstWindow;
  for await (const batch of siteRows(model, request)) {
    const seconds = (performance.now() - began) / 1000;
    requireFinite(batch, places, columns, window);
    window += batch.ids.length;
    yield { rows: batch.rows, seconds };
    began = performance.now();
  }
}

function requireFinite(
  { rows, tokens }: WindowRows,
  places: readonly Place[],
  { columns, perToken }: ReturnType<typeof placeColumns>,
  firstWindow: number,
): void {
  const at = rows.data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const [row, column] = [Math.floor(at / rows.width), at % rows.width];
  const place = places[columns.findLastIndex(({ first }) => first <= column)] as Place;
  const token = tokens[Math.floor(row / perToken)];
  const where = `${placeName(place)}, window ${firstWindow + (token?.row ?? 0) + 1}, token ${(token?.position ?? 0) + 1}`;
  throw new Fault({ what: 'activations that are not finite', where, got: String(rows.data[at]) });
}
