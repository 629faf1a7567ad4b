import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { attributionCsv } from '../../engine/exports/attributionCsv.ts';
import { attributionHeads } from '../../engine/exports/attributionHeads.ts';
import { attributionId } from '../../engine/exports/attributionId.ts';
import { headsFile, mergeHeads, readHeads, writeHeads } from '../../engine/exports/heads.ts';
import type { AttributionSettings, AttributionSite } from '../../engine/results/attribution.ts';
import { attributionSite } from '../../engine/results/attribution.ts';
import { atp, attributionRecordWith } from './attributionRecord.ts';
import { recordWith } from './record.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../engine/exports/headImportance.schema.json', import.meta.url), 'utf8'),
);
const isValid = new Ajv2020().compile(schema);
const everySite = attributionSite.options;

const star: AttributionSettings = { ...atp, qkCorrection: true, gradDrop: true };
const taylor: AttributionSettings = { ...atp, method: 'taylor', granularity: 'example' };
const integrated: AttributionSettings = { ...atp, method: 'integrated', steps: 5 };

describe('the id of an estimate', () => {
  it.each([
    ['attribution.atp.logitDifference', atp, 'z'],
    ['attribution.atp.mlpOut.logitDifference', atp, 'mlpOut'],
    ['attribution.gradxact.residPre.logitDifference', { ...atp, method: 'gradxact' }, 'residPre'],
    ['attribution.atp+qk+drop.q.logitDifference', star, 'q'],
    ['attribution.atp+drop.logitDifference', star, 'z'],
    ['attribution.integrated.logitDifference', integrated, 'z'],
    ['attribution.integrated+steps20.v.logitDifference', { ...integrated, steps: 20 }, 'v'],
    ['attribution.taylor.logitDifference', taylor, 'z'],
    ['attribution.taylor+token.logitDifference', { ...taylor, granularity: 'token' }, 'z'],
  ] as const satisfies readonly (readonly [string, AttributionSettings, AttributionSite])[])(
    'is %s',
    (id, settings, site) => {
      expect(attributionId(settings, site, 'logitDifference')).toBe(id);
    },
  );

  it('is another one for all that gives another number', () => {
    const flags = [false, true];
    const every = [
      ...flags.flatMap((qkCorrection) => flags.map((gradDrop) => ({ ...atp, qkCorrection, gradDrop }))),
      ...[1, 5, 10].map((steps) => ({ ...integrated, steps })),
      ...(['token', 'example'] as const).map((granularity) => ({ ...taylor, granularity })),
      { ...atp, method: 'gradxact' as const },
    ];
    const ids = every.map((settings) => attributionId(settings, 'k', 'logitDifference'));
    expect(new Set(ids).size).toBe(every.length);
  });
});

describe('heads.json of an attribution run', () => {
  it.each([
    ['every site', attributionRecordWith({ sites: everySite })],
    ['AtP*', attributionRecordWith({ sites: ['z', 'q', 'k'], settings: star })],
    ['magnitudes', attributionRecordWith({ settings: taylor, effect: Math.abs })],
    ['steps', attributionRecordWith({ settings: integrated })],
    ['a value that is not a number', attributionRecordWith({ effect: () => NaN })],
  ])('of %s keeps to the schema and comes back as it was', (_, record) => {
    const file = attributionHeads(record);
    const written = writeHeads(file);
    expect(isValid(JSON.parse(written)), JSON.stringify(isValid.errors)).toBe(true);
    expect(readHeads(written, 'heads.json')).toEqual(file);
  });

  it('has each unit once, with all of its sites, layer by layer', () => {
    const { units, warnings } = attributionHeads(attributionRecordWith({ sites: everySite }));
    const layer = (at: number) => [
      ...[0, 1, 2, 3].map((head) => ['head', at, head, ['z', 'headWrite', 'q']]),
      ...[0, 1].map((group) => ['kv-group', at, group, ['k', 'v']]),
      ['layer', at, undefined, ['residPre']],
      ['mlp', at, undefined, ['mlpOut']],
    ];
    const sitesOf = (values: object) => Object.keys(values).map((id) => id.split('.').at(-2)?.replace('atp', 'z'));
    expect(
      units.map(({ unit, layer: at, head, kv_group, values }) => [unit, at, head ?? kv_group, sitesOf(values)]),
    ).toEqual([...layer(0), ...layer(1)]);
    expect(warnings).toEqual([]);
  });

  it('says what each number is: site, formula, what it estimates, how it was made', () => {
    const [z, q] = attributionHeads(attributionRecordWith({ sites: ['z', 'q'], settings: star })).metrics;
    expect(z).toMatchObject({ family: 'attribution', granularity: 'q_head', signed: false, unit: 'logits' });
    expect(z?.params).toEqual({ method: 'atp', site: 'z', estimates: 'resample_z', grad_drop: true });
    expect(q?.params).toEqual({ ...z?.params, site: 'q', estimates: 'resample_q', qk_correction: true });
    expect(q?.formula_ref).toMatch(/^q: sum over positions of \(corrupt - clean\) \. gradient .*GradDrop/);
    const [size] = attributionHeads(attributionRecordWith({ settings: taylor })).metrics;
    expect(size).toMatchObject({ abs_granularity: 'example', signed: false, direction: 'higher_keeps' });
    expect(size?.params?.['estimates']).toBe('zero_z');
    const [steps] = attributionHeads(attributionRecordWith({ settings: { ...integrated, steps: 7 } })).metrics;
    expect(steps?.params?.['steps']).toBe(7);
    expect(steps).toMatchObject({ signed: true, direction: 'lower_keeps', n_runs: 16, passed_runs: 14 });
  });

  it('has mean, error, interval, n and standing, as ablation has', () => {
    const file = attributionHeads(attributionRecordWith());
    expect(file.units[6]?.values['attribution.atp.logitDifference']).toEqual({
      ...{ mean: -2, se: 0.285714286, ci95: [-2.33333333, -1.66666667], n: 16 },
      ...{ rank: 2, layer_l2: expect.closeTo(-6 / Math.sqrt(126), 8), global_minmax: expect.closeTo(1 / 7, 8) },
    });
  });

  it('of a magnitude ranks the largest first', () => {
    const { units } = attributionHeads(attributionRecordWith({ settings: taylor, effect: (place) => place }));
    expect(units.map(({ values }) => values['attribution.taylor.logitDifference']?.rank)).toEqual([
      8, 7, 6, 5, 4, 3, 2, 1,
    ]);
  });

  it('of a cancelled run says so', () => {
    const record = attributionRecordWith({ sites: ['z', 'mlpOut'] });
    expect(attributionHeads({ ...record, units: record.units.slice(0, 3) }).warnings).toEqual([
      'partial: 3 of 10 units, the run was cancelled',
    ]);
  });
});

describe('estimates beside ablation', () => {
  const ablated = headsFile(recordWith({}, { ablation: 'resample' }));

  it('stand in the same units', () => {
    const merged = mergeHeads(ablated, attributionHeads(attributionRecordWith()), 'old.json');
    expect(merged.units).toHaveLength(8);
    expect(Object.keys(merged.units[0]?.values ?? {})).toEqual([
      'ablation.resample.logitDifference',
      'ablation.resample.kl',
      'attribution.atp.logitDifference',
    ]);
    expect(merged.metrics.map(({ family }) => family)).toEqual(['causal', 'causal', 'attribution']);
    expect(merged.units[3]?.values['ablation.resample.kl']).toEqual(ablated.units[3]?.values['ablation.resample.kl']);
    expect(readHeads(writeHeads(merged), 'merged')).toEqual(merged);
    expect(isValid(merged)).toBe(true);
  });

  it('of several methods, sites and metrics live in one file', () => {
    const runs = [
      attributionRecordWith({ sites: ['z', 'k'] }),
      attributionRecordWith({ sites: ['z', 'k'], metricId: 'probabilityDifference' }),
      attributionRecordWith({ settings: integrated }),
      attributionRecordWith({ settings: { ...integrated, steps: 10 } }),
    ];
    const merged = runs.map(attributionHeads).reduce((all, run) => mergeHeads(all, run, 'old'), ablated);
    expect(merged.metrics).toHaveLength(2 + 2 + 2 + 1 + 1);
    expect(merged.units.filter(({ unit }) => unit === 'kv-group')).toHaveLength(4);
    expect(merged.kv_groups?.[3]).toMatchObject({ layer: 1, group: 1, heads: [2, 3] });
    // Units of places 6 and 7: -2 and -7/3.
    expect(merged.kv_groups?.[3]?.agg?.['attribution.atp.logitDifference']?.sum).toBeCloseTo(-13 / 3, 7);
    expect(merged.kv_groups?.[3]?.joint?.['attribution.atp.k.logitDifference']?.mean).toBe(-1);
    expect(readHeads(writeHeads(merged), 'merged')).toEqual(merged);
  });

  it('are refused under an id that holds other prompts', () => {
    const older = attributionHeads(attributionRecordWith());
    const { calibration } = recordWith().header;
    const elsewhere = attributionRecordWith({ calibration: { ...calibration, dataset: 'greaterThan' } });
    expect(() => mergeHeads(older, attributionHeads(elsewhere), 'old.json')).toThrow(
      /already holds attribution\.atp\.logitDifference \(q_head\) measured on other prompts/,
    );
  });
});

describe('a table of estimates', () => {
  it('has one row per unit and site, site by site in the order of the list', () => {
    const [titles, first, ...rest] = attributionCsv(attributionRecordWith({ sites: ['k', 'z'] }))
      .trimEnd()
      .split('\n');
    expect(titles).toBe(
      'unit,layer,head,kv_group,site,id,metric,effect_mean,effect_se,effect_ci95_low,effect_ci95_high,n',
    );
    expect(first).toBe('head,0,0,,z,attribution.atp.logitDifference,logitDifference,0,0,-0.333333333,0.333333333,16');
    expect(rest).toHaveLength(11);
    expect(rest.at(-1)).toMatch(/^kv-group,1,,1,k,attribution\.atp\.k\.logitDifference,logitDifference,-1,/);
  });
});
