/** heads.json of an attribution run: estimates, beside which measured effects may stand. Imports terms and results only. */
import type {
  AttributedUnit,
  AttributionHeader,
  AttributionSettings,
  AttributionSite,
} from '../results/attribution.ts';
import { isMagnitude, unitOfSite } from '../results/attribution.ts';
import { attributionId } from './attributionId.ts';
import type { AttributionRecord } from './exportFormat.ts';
import { headsFileOf, headsValue, paramsOf, runOf, signedEffectOf, taskParams } from './headsParts.ts';
import type { HeadsFile, HeadsMetric, HeadsUnit } from './headsSchema.ts';
import { mergeUnits } from './headsUnits.ts';
import { granularities } from './standing.ts';

/** One metric for each site. Units: a layer stands for the stream before it (residPre), an mlp for its output. */
export function attributionHeads(record: AttributionRecord): HeadsFile {
  const { header, units } = record;
  const metrics = header.sites.map((site) => metricOf(record, site));
  return headsFileOf(
    record,
    metrics,
    mergeUnits(
      [],
      units.map((unit) => headsUnit(header, unit)),
    ),
  );
}

function headsUnit({ settings, metricId }: AttributionHeader, { site, ...unit }: AttributedUnit): HeadsUnit {
  return {
    unit: unitOfSite[site],
    layer: unit.layer,
    ...(unit.head === undefined ? {} : { head: unit.head }),
    ...(unit.kvGroup === undefined ? {} : { kv_group: unit.kvGroup }),
    values: { [attributionId(settings, site, metricId)]: headsValue(unit.effect) },
  };
}

function metricOf(record: AttributionRecord, site: AttributionSite): HeadsMetric {
  const { header } = record;
  const { settings, metricId } = header;
  return {
    id: attributionId(settings, site, metricId),
    family: 'attribution',
    formula_ref: `${formulaOf(settings, site)}, mean over prompts`,
    granularity: granularities[unitOfSite[site]],
    ...signedEffectOf(record),
    // The larger a magnitude, the more the metric depends on the unit.
    ...(isMagnitude(settings) ? { direction: 'higher_keeps' as const, signed: false } : {}),
    ...(settings.granularity === null ? {} : { abs_granularity: settings.granularity }),
    ...paramsOf({ ...settingsOf(settings, site), ...taskParams(header) }),
    ...runOf(record),
  };
}

const formulas = {
  atp: 'sum over positions of (corrupt - clean) . gradient at the clean run (Nanda 2023; Kramar et al. 2024, arXiv 2403.00745)',
  integrated:
    'sum over positions of (corrupt - clean) . gradient, averaged over embeddings corrupt + k/m (clean - corrupt), k = 1..m (Hanna et al. 2024, arXiv 2403.17806)',
  gradxact: '-(sum over positions of value . gradient)',
  taylor: '|d metric / d gate| at a gate of 1 on the unit (Michel et al. 2019, arXiv 1905.10650)',
} as const satisfies Record<AttributionSettings['method'], string>;

function formulaOf({ method, gradDrop }: AttributionSettings, site: AttributionSite): string {
  const dropped = gradDrop ? '; mean magnitude over gradients that each pass one layer by (GradDrop)' : '';
  return `${site}: ${formulas[method]}${dropped}`;
}

/** What an estimate is of, in the ids of the ablation conventions, and how it was made. */
function settingsOf(
  { method, steps, qkCorrection, gradDrop }: AttributionSettings,
  site: AttributionSite,
): Record<string, unknown> {
  const kind = method === 'atp' || method === 'integrated' ? 'resample' : 'zero';
  return {
    ...{ method, site, estimates: `${kind}_${site}` },
    ...(steps === null ? {} : { steps }),
    ...(qkCorrection && (site === 'q' || site === 'k') ? { qk_correction: true } : {}),
    ...(gradDrop ? { grad_drop: true } : {}),
  };
}
