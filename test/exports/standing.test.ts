import { describe, expect, it } from 'vitest';
import type { AblatedUnit } from '../../engine/results/ablation.ts';
import { headsFile, mergeHeads, readHeads, writeHeads } from '../../engine/exports/heads.ts';
import { recordWith, summaryOf } from './record.ts';

const id = 'ablation.zero.logitDifference';

const headUnits = (means: readonly number[]): AblatedUnit[] =>
  means.map((mean, i) => ({
    ...{ kind: 'unit' as const, layer: Math.floor(i / 4), head: i % 4 },
    ...{ effect: summaryOf(mean), kl: summaryOf(0) },
  }));

const groupUnits: AblatedUnit[] = [0, 1, 2, 3].map((i) => ({
  ...{ kind: 'unit' as const, layer: Math.floor(i / 2), kvGroup: i % 2 },
  ...{ effect: summaryOf(-10 * i), kl: summaryOf(0) },
}));

describe('the standing of a unit', () => {
  const file = headsFile(recordWith({ units: headUnits([-3, 4, 0, 0, 1, 1, -8, 2]) }));
  const values = file.units.map((unit) => unit.values[id]);

  it('ranks first what hurts most when removed, equals together', () => {
    expect(values.map((value) => value?.rank)).toEqual([2, 8, 3, 3, 5, 5, 1, 7]);
  });

  it('normalises by the layer and over the model', () => {
    expect(values[0]).toMatchObject({ layer_l2: -0.6, global_minmax: 0.416666667 });
    expect(values[6]?.global_minmax).toBe(0);
    expect(values[1]?.global_minmax).toBe(1);
  });

  it('is left out where it has no meaning: all values equal, or none a number', () => {
    const kl = file.units[0]?.values['ablation.zero.kl'];
    expect(kl).not.toHaveProperty('layer_l2');
    expect(kl).not.toHaveProperty('global_minmax');
    const [lost] = headsFile(recordWith({ units: headUnits([NaN, 1]) })).units;
    expect(lost?.values[id]).not.toHaveProperty('rank');
  });

  it('is taken anew when units are added', () => {
    const first = headsFile(recordWith({ units: headUnits([-3, 4]) }));
    const more = headsFile(recordWith({ units: headUnits([-3, 4, -5]) }));
    expect(mergeHeads(first, more, 'old').units.map((unit) => unit.values[id]?.rank)).toEqual([2, 3, 1]);
  });
});

describe('groups of heads that share keys and values', () => {
  const heads = headsFile(recordWith({ units: headUnits([-3, 4, 0, 0, 1, 1, -8, 2]) }));
  const groups = headsFile(recordWith({ units: groupUnits }, { unit: 'kv-group', units: 4 }));

  it('are listed with their heads where they were removed together', () => {
    expect(heads).not.toHaveProperty('kv_groups');
    expect(groups.kv_groups?.map(({ layer, group, heads: members }) => [layer, group, members])).toEqual([
      [0, 0, [0, 1]],
      [0, 1, [2, 3]],
      [1, 0, [0, 1]],
      [1, 1, [2, 3]],
    ]);
    expect(groups.kv_groups?.[3]?.joint?.[id]?.mean).toBe(-30);
    expect(groups.kv_groups?.[3]).not.toHaveProperty('agg');
  });

  it('stand beside their heads once one file has both', () => {
    const merged = mergeHeads(heads, groups, 'old');
    expect(merged.kv_groups?.[3]).toMatchObject({
      joint: { [id]: { mean: -30 } },
      agg: { [id]: { max: 2, mean: -3, sum: -6 } },
    });
    expect(readHeads(writeHeads(merged), 'merged')).toEqual(merged);
  });

  it('keep what is known of their heads when units are added', () => {
    const agg = { 'importance.zero': { max: 1, mean: 0.5, sum: 1 } };
    const known = { ...groups, kv_groups: groups.kv_groups?.map((group) => ({ ...group, agg })) ?? [] };
    expect(mergeHeads(known, heads, 'old').kv_groups?.[3]?.agg).toEqual({
      ...agg,
      [id]: { max: 2, mean: -3, sum: -6 },
      'ablation.zero.kl': { max: 0, mean: 0, sum: 0 },
    });
  });
});

describe('what a heads file says of its run', () => {
  it('has the length of the prompts, the rotary base, the quantisation and the runs that passed', () => {
    const file = headsFile(recordWith());
    expect(file.calibration[0]?.seq_len).toBe(15);
    expect(file.shape.rope_theta).toBe(10000);
    expect(file.model.quantization).toBe('Q4_1');
    expect(file.metrics[0]).toMatchObject({ n_runs: 16, passed_runs: 14 });
  });

  it('leaves out what is not known', () => {
    const { calibration } = recordWith().header;
    const bare = recordWith({}, { ropeTheta: null, calibration: { ...calibration, length: null } });
    const file = headsFile({ ...bare, header: { ...bare.header, model: { ...bare.header.model, dtype: 'F32' } } });
    expect(file.calibration[0]).not.toHaveProperty('seq_len');
    expect(file.shape).not.toHaveProperty('rope_theta');
    expect(file.model).not.toHaveProperty('quantization');
  });

  it('has the settings of the task', () => {
    const file = headsFile(recordWith({}, { options: { pairs: '6' }, align: 'end' }));
    expect(file.metrics[0]?.params).toEqual({ align: 'end', options: { pairs: '6' } });
  });
});
