/** An attribution run of the model of record.ts: two layers of four heads in two groups, with MLPs. */
import type { AttributionRecord } from '../../engine/exports/exportFormat.ts';
import type { AttributedUnit, AttributionHeader, AttributionSettings } from '../../engine/results/attribution.ts';
import { unitOfSite } from '../../engine/results/attribution.ts';
import { recordWith, summaryOf } from './record.ts';

export const atp: AttributionSettings = {
  method: 'atp',
  steps: null,
  qkCorrection: false,
  gradDrop: false,
  granularity: null,
};

interface Changes {
  readonly settings?: AttributionSettings;
  readonly sites?: AttributionHeader['sites'];
  readonly metricId?: AttributionHeader['metricId'];
  readonly calibration?: AttributionHeader['calibration'];
  /** Effect of each unit, by its place in the file. */
  readonly effect?: (place: number) => number;
}

export function attributionRecordWith(changes: Changes = {}): AttributionRecord {
  const { settings = atp, sites = ['z'], effect = (place) => -place / 3 } = changes;
  const { header, ...record } = recordWith();
  const { ablation: _ablation, unit: _unit, reference: _reference, align: _align, ...measured } = header;
  const units = sites.flatMap((site) => unitsOf(site, effect));
  return {
    ...record,
    units,
    header: {
      ...measured,
      ...{ settings, sites, units: units.length },
      metricId: changes.metricId ?? header.metricId,
      calibration: changes.calibration ?? header.calibration,
    },
  };
}

/** Last first: order is the file's business. */
function unitsOf(site: AttributedUnit['site'], effect: (place: number) => number): AttributedUnit[] {
  const perLayer = { head: 4, 'kv-group': 2, mlp: 1, layer: 1 }[unitOfSite[site]];
  return Array.from({ length: 2 * perLayer }, (_, place) => {
    const [layer, part] = [Math.floor(place / perLayer), place % perLayer];
    const named = { head: { head: part }, 'kv-group': { kvGroup: part }, mlp: {}, layer: {} }[unitOfSite[site]];
    return { kind: 'unit' as const, site, layer, ...named, effect: summaryOf(effect(place)) };
  }).toReversed();
}
