/** Estimates as a table for a spreadsheet: one row per unit and site (RFC 4180, line feeds). Imports results only. */
import type { AttributedUnit, AttributionHeader } from '../results/attribution.ts';
import { attributionSite, unitOfSite } from '../results/attribution.ts';
import { attributionId } from './attributionId.ts';
import { effectCells } from './csv.ts';
import type { AttributionRecord } from './exportFormat.ts';
import { inLayerOrder } from './exportFormat.ts';

const columns = [
  ...['unit', 'layer', 'head', 'kv_group', 'site', 'id', 'metric'],
  ...['effect_mean', 'effect_se', 'effect_ci95_low', 'effect_ci95_high', 'n'],
];

export function attributionCsv({ header, units }: AttributionRecord): string {
  const rows = attributionSite.options.flatMap((site) =>
    inLayerOrder(units.filter((unit) => unit.site === site)).map((unit) => row(header, unit)),
  );
  return [columns, ...rows].map((cells) => `${cells.join(',')}\n`).join('');
}

// No cell can hold a comma or a quote: ids and numbers only.
function row({ settings, metricId }: AttributionHeader, unit: AttributedUnit): (string | number)[] {
  const { site, layer, head, kvGroup, effect } = unit;
  const place = [unitOfSite[site], layer, head ?? '', kvGroup ?? '', site];
  return [...place, attributionId(settings, site, metricId), metricId, ...effectCells(effect), effect.n];
}
