import { describe, expect, it } from 'vitest';
import { attributionHeads } from '../../engine/exports/attributionHeads.ts';
import { headsFile } from '../../engine/exports/heads.ts';
import type { AblationHeader } from '../../engine/results/ablation.ts';
import type { Agreement } from '../../engine/service/agreement.ts';
import { compareEffects } from '../../engine/service/agreement.ts';
import { attributionRecordWith, atp } from '../exports/attributionRecord.ts';
import { recordWith, summaryOf } from '../exports/record.ts';

/** Exact effects of the first heads, layer by layer. */
const ablated = (effects: readonly number[], header: Partial<AblationHeader> = {}) =>
  headsFile(
    recordWith(
      {
        units: effects.map((effect, place) => ({
          ...{ kind: 'unit' as const, layer: Math.floor(place / 4), head: place % 4 },
          ...{ effect: summaryOf(effect), kl: summaryOf(0) },
        })),
      },
      { ablation: 'resample', ...header },
    ),
  );

function compared(changes: Parameters<typeof attributionRecordWith>[0], exact: ReturnType<typeof ablated>) {
  const record = attributionRecordWith(changes);
  return compareEffects(record.header, attributionHeads(record), exact);
}

function agreement(...from: Parameters<typeof compared>): Agreement {
  const [first] = compared(...from);
  if (first === undefined || 'lacks' in first) throw new Error(`expected an agreement, got ${first?.lacks}`);
  return first;
}

describe('estimates against exact ablation', () => {
  const estimates = [1, 2, 3, 4, 5];
  const effect = (place: number) => estimates[place] ?? 100;

  it('gives both correlations over the units that have both, farthest apart first', () => {
    const found = agreement({ effect }, ablated([2, 4, 5, 4, 5]));
    expect(found).toMatchObject({ site: 'z', exactId: 'ablation.resample.logitDifference', isMagnitude: false });
    expect(found.pearson).toBeCloseTo(6 / Math.sqrt(60), 9);
    expect(found.spearman).toBeCloseTo(7 / Math.sqrt(90), 9);
    expect(found.units.map(({ name, estimate, exact }) => [name, estimate, exact])).toEqual([
      ['L0H1', 2, 4],
      ['L0H2', 3, 5],
      ['L0H0', 1, 2],
      ['L0H3', 4, 4],
      ['L1H0', 5, 5],
    ]);
  });

  it('takes absolute values against a magnitude, and orders by rank', () => {
    const taylor = { ...atp, method: 'taylor', granularity: 'example' } as const;
    const exact = ablated([-90, 10, -20, 30, 40], { ablation: 'zero' });
    const found = agreement({ settings: taylor, effect }, exact);
    expect(found).toMatchObject({ exactId: 'ablation.zero.logitDifference', isMagnitude: true });
    expect(found.units[0]).toEqual({ name: 'L0H0', estimate: 1, exact: 90, estimateRank: 5, exactRank: 1 });
    // Ranks 1 2 3 4 5 against 5 1 2 3 4.
    expect(found.spearman).toBeCloseTo(0, 12);
    const dropped = agreement({ settings: { ...atp, gradDrop: true }, effect }, ablated([-9, 1, -2, 3, 4]));
    expect(dropped).toMatchObject({ exactId: 'ablation.resample.logitDifference', isMagnitude: true });
  });

  it('compares each method with what it estimates, and MLPs with MLPs', () => {
    const zero = ablated([1, 2, 3], { ablation: 'zero' });
    expect(agreement({ settings: { ...atp, method: 'gradxact' }, effect }, zero).exactId).toMatch(/^ablation\.zero\./);
    expect(compared({ effect }, zero)).toEqual([
      { site: 'z', lacks: 'no ablation.resample.logitDifference of unit head' },
    ]);
    const mlps = headsFile(
      recordWith(
        { units: [0, 1].map((layer) => ({ kind: 'unit', layer, effect: summaryOf(layer), kl: summaryOf(0) })) },
        { ablation: 'resample', unit: 'mlp' },
      ),
    );
    const [z, mlp] = compared({ sites: ['z', 'mlpOut'], effect }, mlps);
    expect(z).toHaveProperty('lacks');
    expect(mlp).toMatchObject({ site: 'mlpOut', pearson: 1, units: [{ name: 'L0' }, { name: 'L1' }] });
  });

  it('leaves out what is not comparable: other prompts, sites that nothing replaces', () => {
    const { calibration } = recordWith().header;
    const elsewhere = ablated([1, 2], { calibration: { ...calibration, dataset: 'greaterThan' } });
    const [z, q] = compared({ sites: ['z', 'q'], effect }, elsewhere);
    expect(z).toHaveProperty('lacks', expect.stringMatching(/measured on other prompts \(greaterThan-cdcd/));
    expect(q).toHaveProperty('lacks', expect.stringMatching(/does not replace it alone/));
  });

  it('knows no correlation where nothing varies', () => {
    expect(agreement({ effect }, ablated([3, 3, 3]))).toMatchObject({ pearson: null, spearman: null });
  });
});
