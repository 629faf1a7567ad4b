/** The results of sweeps as rows, for tables, charts and CSV. */
import type { AblatedSet } from '../../../engine/results/ablateSets.ts';
import type { MeasuredHeader } from '../../../engine/results/measured.ts';
import type { Summary } from '../../../engine/results/records.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { CellUnit } from '../../api/matrixCells.ts';
import { matrixCells } from '../../api/matrixCells.ts';
import type { AblationTable, Column, SetTable } from '../../api/runTables.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { hasHead } from '../../marks/headShape.ts';
import { headName } from '../../state/headNames.ts';
import { sameHead, withoutHeads } from '../../state/headRefs.ts';

/** A mean and its 95 % interval; NaN where unknown. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface SweepRow {
  readonly key: string;
  readonly name: string;
  /** Empty for MLPs and layers. */
  readonly heads: readonly HeadRef[];
  /** Edited minus clean. */
  readonly effect: Estimate;
  readonly kl: Estimate;
  /** Of a pair: beyond the sum of both. */
  readonly interaction: Estimate | null;
  readonly n: number;
}

export interface GreedyRow extends SweepRow {
  /** From 1. */
  readonly step: number;
  readonly added: HeadRef;
  /** The metric without the heads so far. */
  readonly after: Estimate;
  /** Effect beyond that of the step before. */
  readonly gained: number;
  /** Heads that the step tried. */
  readonly tried: number;
}

const unknown: Estimate = { value: NaN, low: NaN, high: NaN };

/** A single prompt has no interval. */
export function estimateOf({ mean, interval: [low, high], n }: Summary): Estimate {
  return n < 2 ? { value: mean, low: NaN, high: NaN } : { value: mean, low, high };
}

export function estimateAt({ mean, low, high, n }: Column, at: number): Estimate {
  const value = mean[at] ?? NaN;
  return (n[at] ?? 0) < 2 ? { value, low: NaN, high: NaN } : { value, low: low[at] ?? NaN, high: high[at] ?? NaN };
}

/** Layer by layer, those that are not measured yet included. */
export function unitRows({ units, header }: AblationTable): readonly SweepRow[] {
  const heads = headShapeOf({ header });
  return Array.from({ length: units.layers * units.perLayer }, (_, at) => {
    const layer = Math.floor(at / units.perLayer);
    const common = {
      effect: estimateAt(units.effect, at),
      kl: units.kl === null ? unknown : estimateAt(units.kl, at),
      interaction: null,
      n: units.effect.n[at] ?? 0,
    };
    if (units.unit === 'mlp' || units.unit === 'layer') {
      const name = `L${layer}${units.unit === 'mlp' ? 'MLP' : ''}`;
      return [{ ...common, key: name, name, heads: [] }];
    }
    const cells = matrixCells(heads, units.unit satisfies CellUnit);
    const inside = cells.headsIn(at).filter(({ head }) => hasHead(heads, layer, head));
    return inside.length === 0 ? [] : [{ ...common, key: cells.name(at), name: cells.name(at), heads: inside }];
  }).flat();
}

export function headShapeOf({ header }: { readonly header: Pick<MeasuredHeader, 'shape' | 'perLayer'> }): HeadShape {
  const { layers, heads, kvHeads } = header.shape;
  const isEven = header.perLayer.every((layer) => layer.heads === heads);
  return { layers, heads, kvHeads, ...(isEven ? {} : { headsOf: header.perLayer.map((layer) => layer.heads) }) };
}

function setRow({ heads, effect, kl, interaction }: AblatedSet, name = heads.map(headName).join(' ')): SweepRow {
  return {
    ...{ key: heads.map(headName).join(' '), name, heads },
    ...{ effect: estimateOf(effect), kl: estimateOf(kl), n: effect.n },
    interaction: interaction === null ? null : estimateOf(interaction),
  };
}

/** Pairs, and each head alone. */
export function pairRows({ sets }: Pick<SetTable, 'sets'>): readonly SweepRow[] {
  return sets.map((set) => setRow(set, set.heads.length === 1 ? `${set.heads.map(headName).join()} alone` : undefined));
}

/** One a step, with the set that it chose. */
export function greedyRows({ sets, chosen, baseline }: SetTable): readonly GreedyRow[] {
  const clean = baseline?.metric.mean ?? NaN;
  let before = 0;
  return chosen.flatMap((added, i) => {
    const tried = sets.filter(({ step }) => step === i);
    const found = tried.find(({ heads }) => sameHead(heads.at(-1) ?? null, added));
    if (found === undefined) return [];
    const row = setRow(found);
    const after = {
      value: clean + row.effect.value,
      low: clean + row.effect.low,
      high: clean + row.effect.high,
    };
    const gained = row.effect.value - before;
    before = row.effect.value;
    return [{ ...row, key: String(i + 1), step: i + 1, added, after, gained, tried: tried.length }];
  });
}

export interface NamedSet {
  readonly name: string;
  readonly heads: readonly HeadRef[];
}

/** In the order in which they were asked for, named as they are saved now. */
export function listRows({ sets }: Pick<SetTable, 'sets'>, saved: readonly NamedSet[]): readonly SweepRow[] {
  return sets.map((set, i) => {
    const row = setRow(set, saved.find(({ heads }) => isSameSet(heads, set.heads))?.name);
    return { ...row, key: `${i} ${row.key}` };
  });
}

function isSameSet(a: readonly HeadRef[], b: readonly HeadRef[]): boolean {
  return a.length === b.length && withoutHeads(a, b).length === 0;
}
