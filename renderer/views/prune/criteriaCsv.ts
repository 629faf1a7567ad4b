/** Criteria as CSV: a line for each unit and criterion. */
import { csvOf } from '../../parts/csv.ts';
import type { ImportanceView } from '../../api/importanceFold.ts';
import { unitAt, unitName } from './pruneUnits.ts';

const titles = ['unit', 'layer', 'index', 'criterion', 'value', 'low_95', 'high_95', 'of', 'text', 'tokens', 'seed'];

export function criteriaCsv({ header, columns }: ImportanceView): string {
  const { shape, unit, criteria, calibration } = header;
  const lines = columns.flatMap(({ id, values, low, high }) =>
    Array.from(values, (value, at) => {
      const place = unitAt(shape, unit, at);
      const measured = criteria.find((one) => one.id === id)?.unit ?? '';
      return [
        ...[unitName(unit, place), place.layer, place.index, id],
        ...[value, low[at] ?? NaN, high[at] ?? NaN].map((number) => Number(number.toPrecision(9))),
        ...[measured, calibration.dataset, calibration.tokens, calibration.seed],
      ];
    }),
  );
  return csvOf(titles, lines);
}
