/** What ablations and their estimates say about heads. */
import type { AblationHeader } from '../../engine/results/ablation.ts';
import type { AttributionSettings, AttributionSite } from '../../engine/results/attribution.ts';
import { isMagnitude } from '../../engine/results/attribution.ts';
import type { MeasuredHeader } from '../../engine/results/measured.ts';
import { measures } from '../../engine/terms/measures.ts';
import type { HeadMeasure } from './headMeasure.ts';
import type { AblationTable, AttributionTable, UnitTable } from './runTables.ts';
import { columnOfHeads } from './columnOfHeads.ts';

type Common = Pick<HeadMeasure, 'run' | 'dataset' | 'n' | 'samples' | 'layers' | 'heads' | 'uniform'>;

function commonOf(run: string, { calibration, shape }: MeasuredHeader): Common {
  const { dataset, sequences: n } = calibration;
  return { run, dataset, n, samples: 'prompts', layers: shape.layers, heads: shape.heads, uniform: null };
}

function headUnit({ unit }: UnitTable): HeadMeasure['of'] | null {
  return unit === 'head' || unit === 'kv-group' ? unit : null;
}

/** Empty where what was ablated is no head. */
export function ablationMeasures(run: string, { header, units }: AblationTable): readonly HeadMeasure[] {
  const of = headUnit(units);
  if (of === null) return [];
  const { title: metric, unit, better, formula } = measures[header.metricId];
  const short = `${header.ablation}${of === 'kv-group' ? ' KV' : ''}`;
  const what = `${ablationTitle(header)}${of === 'kv-group' ? ' of KV groups' : ''}`;
  const effect: HeadMeasure = {
    ...commonOf(run, header),
    ...columnOfHeads(units.effect, { unit: of, perLayer: units.perLayer }, header),
    ...{ id: `${run}/effect`, call: 'ablate', kind: 'effect', family: 'effects' },
    ...{ title: `${what}, Δ ${metric}`, short, unit, range: null, signed: true, direction: better, of },
    about: `edited − clean, mean of ${header.calibration.sequences} prompts; ${better === 'higher' ? 'negative' : 'positive'}: the head helps`,
    formula: `Δ ${metric}, where ${metric} = ${formula}`,
    ...{ rule: 'E1', source: ablationSources[header.ablation] },
  };
  if (units.kl === null) return [effect];
  const kl: HeadMeasure = {
    ...effect,
    ...columnOfHeads(units.kl, { unit: of, perLayer: units.perLayer }, header),
    ...{ id: `${run}/kl`, title: `${what}, KL`, short: `${short} KL`, unit: measures.klDivergence.unit },
    ...{ signed: false, direction: null, rule: 'E2' },
    about: `KL(clean ‖ edited) of the next token, mean of ${header.calibration.sequences} prompts`,
    formula: measures.klDivergence.formula,
  };
  return [effect, kl];
}

const ablationNames: Readonly<Record<AblationHeader['ablation'], string>> = {
  zero: 'Zero ablation',
  mean: 'Mean ablation',
  resample: 'Resample ablation',
  scale: 'Scaling',
  uniform: 'Uniform attention',
};

const ablationSources: Readonly<Record<AblationHeader['ablation'], string>> = {
  zero: 'Michel et al. 2019, arXiv 1905.10650, section 3',
  mean: 'Wang et al. 2022, arXiv 2211.00593 (knockout by the mean); no numbered equation',
  resample: 'Zhang and Nanda 2024, arXiv 2309.16042 (patching in from the corrupt prompt); no numbered equation',
  scale: 'after Michel et al. 2019, arXiv 1905.10650, section 3: a gate of another size than 0',
  uniform: 'Wu et al. 2024, arXiv 2404.15574, its code: scores of a masked head are even',
};

function ablationTitle({ ablation, scale }: Pick<AblationHeader, 'ablation' | 'scale'>): string {
  return ablation === 'scale' ? `Scaling by ${scale ?? 1}` : ablationNames[ablation];
}

interface MethodWords {
  readonly name: string;
  readonly rule: string;
  readonly estimate: string;
  readonly source: string;
}

/** With m the metric, v the site's value on the clean prompt, v' that on the corrupt one. */
const methods: Readonly<Record<AttributionSettings['method'], MethodWords>> = {
  atp: {
    ...{ name: 'AtP', rule: 'E3', estimate: '(v′ − v) · dm/dv at the clean prompt' },
    source: 'Attribution patching, Nanda 2023; Kramár et al. 2024, arXiv 2403.00745, equation 4',
  },
  integrated: {
    ...{ name: 'Integrated gradients', rule: 'E4' },
    estimate: '(v′ − v) · mean of dm/dv over embeddings from corrupt to clean',
    source: 'Hanna et al. 2024, arXiv 2403.17806, equation 3; Sundararajan et al. 2017, arXiv 1703.01365',
  },
  gradxact: {
    ...{ name: 'Gradient × activation', rule: 'E5', estimate: '−v · dm/dv at the clean prompt' },
    source: 'first order of zero ablation: Molchanov et al. 2017, arXiv 1611.06440, equation 7, with its sign',
  },
  taylor: {
    ...{ name: 'Taylor', rule: 'E6', estimate: '|dm/dξ| of a gate ξ = 1 on the head, mean over prompts' },
    source: 'Michel et al. 2019, arXiv 1905.10650, equation 2',
  },
};

/** Empty where the sites are those of no heads. */
export function attributionMeasures(run: string, { header, sites }: AttributionTable): readonly HeadMeasure[] {
  return [...sites].flatMap(([site, units]) => {
    const of = headUnit(units);
    return of === null ? [] : [ofSite(commonOf(run, header), header, site, units, of)];
  });
}

function ofSite(
  common: Common,
  header: AttributionTable['header'],
  site: AttributionSite,
  units: UnitTable,
  of: HeadMeasure['of'],
): HeadMeasure {
  const { title: metric, unit, better, formula } = measures[header.metricId];
  const { name, rule, estimate, source } = methods[header.settings.method];
  const signed = !isMagnitude(header.settings);
  return {
    ...common,
    ...columnOfHeads(units.effect, { unit: of, perLayer: units.perLayer }, header),
    ...{ id: `${common.run}/${site}`, call: 'attribute', kind: 'estimate', family: 'estimates' },
    title: `${name} estimate at ${site}, Δ ${metric}`,
    short: site === 'z' ? name : `${name} ${site}`,
    ...{ unit, range: null, signed, direction: signed ? better : null, of, rule, source },
    about: `first-order estimate of ${signed ? '' : 'the size of '}edited − clean, mean of ${common.n} prompts`,
    formula: `${estimate}: estimate of Δ ${metric}, where ${metric} = ${formula}`,
  };
}
