/** What one run says about heads, each as a measure that can colour a matrix of heads. */
import type { AblationHeader } from '../../engine/results/ablation.ts';
import type { AttributionSettings, AttributionSite } from '../../engine/results/attribution.ts';
import { isMagnitude } from '../../engine/results/attribution.ts';
import type { MeasuredHeader } from '../../engine/results/measured.ts';
import { measures } from '../../engine/terms/measures.ts';
import type { RetrieveTable } from './retrieveTable.ts';
import type { AblationTable, AttributionTable, Column, RunTable, ScoreTable, UnitTable } from './runTables.ts';

/** Values at [layer * heads + head], written in place as rows come; NaN where unknown. */
export interface HeadMeasure {
  /** `run/effect`, `run/kl`, `run/z`, `run/induction`: stable, fit for a link. */
  readonly id: string;
  readonly run: string;
  readonly call: 'ablate' | 'attribute' | 'scores' | 'imported';
  /** `Zero ablation, Δ logit difference`. */
  readonly title: string;
  /** For a narrow column: `zero`, `zero KV` (of KV groups), `AtP`, `Induction`. */
  readonly short: string;
  /** `logits`, `nats`; empty for a share. */
  readonly unit: string;
  /** Lowest and highest possible value, where both are finite. */
  readonly range: readonly [low: number, high: number] | null;
  readonly signed: boolean;
  /** Which way the metric behind an effect is better; null for behaviour and KL. */
  readonly direction: 'higher' | 'lower' | null;
  /** What the number says, in a sentence: what was done, on what, over how many. */
  readonly about: string;
  readonly formula: string;
  /** Task or prompt file. */
  readonly dataset: string;
  /** Prompts. */
  readonly n: number;
  /** Whose number a head shows: its own, or its KV group's. */
  readonly of: 'head' | 'kv-group';
  /** What a head that attends to all visible keys alike would have; null where that says nothing. */
  readonly uniform: number | null;
  readonly layers: number;
  readonly heads: number;
  readonly values: Float32Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** Empty for runs that measure no heads. */
export function measuresOfRun(run: string, table: RunTable): readonly HeadMeasure[] {
  switch (table.kind) {
    case 'ablate':
      return ofAblation(run, table);
    case 'attribute':
      return ofAttribution(run, table);
    case 'scores':
      return ofScores(run, table);
    case 'retrieve':
      return ofRetrieval(run, table);
    default:
      return [];
  }
}

/** Writes anew what is not shared with the table: numbers of KV groups, spread over their heads. */
export function refreshMeasures(list: readonly HeadMeasure[], table: RunTable): void {
  const fresh = list.some(({ of }) => of === 'kv-group') ? measuresOfRun(list[0]?.run ?? '', table) : [];
  for (const measure of fresh) {
    const old = list.find(({ id }) => id === measure.id);
    old?.values.set(measure.values);
    old?.low.set(measure.low);
    old?.high.set(measure.high);
  }
}

/** The model that a table was computed from. */
export function fingerprintOf(table: RunTable): string | null {
  return table.kind === 'rows' ? null : table.header.model.fingerprint;
}

type Common = Pick<HeadMeasure, 'run' | 'dataset' | 'n' | 'layers' | 'heads' | 'uniform'>;

function commonOf(run: string, { calibration, shape }: MeasuredHeader): Common {
  const { dataset, sequences: n } = calibration;
  return { run, dataset, n, layers: shape.layers, heads: shape.heads, uniform: null };
}

function ofAblation(run: string, { header, units }: AblationTable): readonly HeadMeasure[] {
  const of = headUnit(units);
  if (of === null) return [];
  const { title: metric, unit, better, formula } = measures[header.metricId];
  const short = `${header.ablation}${of === 'kv-group' ? ' KV' : ''}`;
  const what = `${ablationTitle(header)}${of === 'kv-group' ? ' of KV groups' : ''}`;
  const effect: HeadMeasure = {
    ...commonOf(run, header),
    ...columnsOf(units.effect, units, header),
    id: `${run}/effect`,
    call: 'ablate',
    title: `${what}, Δ ${metric}`,
    short,
    unit,
    range: null,
    signed: true,
    direction: better,
    about: `edited − clean, mean of ${header.calibration.sequences} prompts; ${better === 'higher' ? 'negative' : 'positive'}: the head helps`,
    formula: `Δ ${metric}, where ${metric} = ${formula}`,
    of,
  };
  if (units.kl === null) return [effect];
  const kl: HeadMeasure = {
    ...effect,
    ...columnsOf(units.kl, units, header),
    id: `${run}/kl`,
    title: `${what}, KL`,
    short: `${short} KL`,
    unit: measures.klDivergence.unit,
    signed: false,
    direction: null,
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

function ablationTitle({ ablation, scale }: Pick<AblationHeader, 'ablation' | 'scale'>): string {
  return ablation === 'scale' ? `Scaling by ${scale ?? 1}` : ablationNames[ablation];
}

const methodNames: Readonly<Record<AttributionSettings['method'], string>> = {
  atp: 'AtP',
  taylor: 'Taylor',
  gradxact: 'Gradient × activation',
  integrated: 'Integrated gradients',
};

function ofAttribution(run: string, { header, sites }: AttributionTable): readonly HeadMeasure[] {
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
  const method = methodNames[header.settings.method];
  const signed = !isMagnitude(header.settings);
  return {
    ...common,
    ...columnsOf(units.effect, units, header),
    id: `${common.run}/${site}`,
    call: 'attribute',
    title: `${method} estimate at ${site}, Δ ${metric}`,
    short: site === 'z' ? method : `${method} ${site}`,
    unit,
    range: null,
    signed,
    direction: signed ? better : null,
    about: `first-order estimate of ${signed ? '' : 'the size of '}edited − clean, mean of ${common.n} prompts`,
    formula: `estimate of Δ ${metric}, where ${metric} = ${formula}`,
    of,
  };
}

function ofScores(run: string, { header, scores }: ScoreTable): readonly HeadMeasure[] {
  const { layers, heads } = header.shape;
  return header.scores.flatMap(({ id, title, about, formula, unit, range: [lowest, highest], prompts, uniform }) => {
    const column = scores.get(id);
    if (column === undefined) return [];
    const { mean: values, low, high } = column;
    const range = highest === null ? null : ([lowest, highest] as const);
    const said = { title, short: title, about, formula, unit: unit === 'share' ? '' : unit, range, uniform };
    const plain = { call: 'scores', signed: lowest < 0, direction: null, of: 'head' } as const;
    const place = { id: `${run}/${id}`, run, dataset: header.prompts.dataset, n: prompts, layers, heads };
    return [{ ...place, ...plain, ...said, values, low, high }];
  });
}

type ScoreFacts = Pick<
  RetrieveTable['header']['scores'][number],
  'id' | 'title' | 'about' | 'formula' | 'range' | 'unit'
>;

const copyFacts = { unit: 'share', range: [0, null] } as const;
const copyCounts: readonly ScoreFacts[] = [
  {
    ...{ ...copyFacts, id: 'legacy', title: 'Retrieval score' },
    about: 'share of the needle’s answer that the head copied: each step counts, so it can exceed 1',
    formula: 'steps where argmax key lies in the answer and is the token that is made / tokens of the answer',
  },
  {
    ...{ ...copyFacts, id: 'capped', title: 'Retrieval, capped', range: [0, 1] },
    about: 'share of the needle’s answer that the head copied, each token counted once',
    formula: 'tokens of the answer that were copied / tokens of the answer',
  },
];

function ofRetrieval(run: string, { header, scores }: RetrieveTable): readonly HeadMeasure[] {
  const { layers, heads } = header.shape;
  return [...copyCounts, ...header.scores].flatMap(({ id, title, about, formula, unit, range: [lowest, highest] }) => {
    const column = scores.get(id);
    if (column === undefined) return [];
    const { mean: values, low, high } = column;
    const range = lowest === null || highest === null ? null : ([lowest, highest] as const);
    const plain = { call: 'scores', signed: lowest === null || lowest < 0, direction: null, of: 'head' } as const;
    const said = { title, short: title, formula, unit: unit === 'share' ? '' : unit, range, uniform: null };
    const place = { id: `${run}/${id}`, run, dataset: header.calibration.dataset, layers, heads };
    const measure = { ...place, ...plain, ...said, about: `${about}; mean of the runs that count`, values, low, high };
    // How many runs count is known at the end only.
    return [Object.defineProperty({ ...measure, n: 0 }, 'n', { enumerable: true, get: () => column.n[0] ?? 0 })];
  });
}

function headUnit({ unit }: UnitTable): HeadMeasure['of'] | null {
  return unit === 'head' || unit === 'kv-group' ? unit : null;
}

type Values = Pick<HeadMeasure, 'values' | 'low' | 'high'>;

function columnsOf(column: Column, table: UnitTable, header: MeasuredHeader): Values {
  const { mean: values, low, high } = column;
  if (table.unit === 'head' && table.perLayer === header.shape.heads) return { values, low, high };
  const spread = (numbers: Float32Array) => spreadOverHeads(numbers, table, header);
  return { values: spread(values), low: spread(low), high: spread(high) };
}

/** Each head has the number of its group: head h of N shares group floor(h G / N). */
function spreadOverHeads(numbers: Float32Array, table: UnitTable, header: MeasuredHeader): Float32Array {
  const { layers, heads } = header.shape;
  return Float32Array.from({ length: layers * heads }, (_, at) => {
    const layer = Math.floor(at / heads);
    const head = at % heads;
    const { heads: here, kvHeads } = header.perLayer[layer] ?? header.shape;
    const index = table.unit === 'head' ? head : Math.floor((head * kvHeads) / here);
    return head < here ? (numbers[layer * table.perLayer + index] ?? NaN) : NaN;
  });
}
