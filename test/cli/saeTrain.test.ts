import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { dictionaryPlaces, placeTitle } from '../../engine/service/commands/dictionarySites.ts';
import { isDictionary } from '../../sae/formats/dictionaryFolder.ts';
import { headscope, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
// The models that are opened are not the user's.
process.env['XDG_DATA_HOME'] = folder;
const tinyHeads = fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url));
const shape = { layers: 4, heads: 8, kvHeads: 4, headWidth: 32, width: 128, mlpWidth: 384 };
const small = [
  '--windows',
  '12',
  '--length',
  '64',
  '--batch',
  '64',
  '--steps',
  '6',
  '--features',
  '40',
  '--held-out',
  '150',
  '--loss-tokens',
  '60',
];

function train(out: string, ...more: string[]) {
  return headscope(['sae', 'train', tinyHeads, ...small, '--out', join(folder, out), ...more]);
}

describe('sites on the command line', () => {
  const model = { ...shape, vocabulary: 2048, outputVocabulary: 2048, context: 512 };
  it.each([
    ['L1H2.z', ['L1H2.z']],
    ['L1H0,2-3.z', ['L1H0.z', 'L1H2.z', 'L1H3.z']],
    ['L1.z', ['L1.z']],
    ['L1.each.z', ['L1.each.z']],
    ['*.z', ['all.z']],
    ['L2-3H7.headWrite', ['L2H7.headWrite', 'L3H7.headWrite']],
    ['L1.attnOut', ['L1.attnOut']],
    ['L*.residPre', ['L0.residPre', 'L1.residPre', 'L2.residPre', 'L3.residPre']],
    ['*.residPost', ['all.residPost']],
  ])('%s', (text, titles) => {
    expect(dictionaryPlaces(text, model).map(placeTitle)).toEqual(titles);
  });

  it('stand for places', () => {
    expect(dictionaryPlaces('L1H*.z', model)).toHaveLength(8);
    expect(dictionaryPlaces('L1.z', model)).toEqual([{ site: 'z', layer: 1, head: 'concatenated' }]);
    expect(dictionaryPlaces('*.z', model)).toEqual([{ site: 'z', layer: null, head: 'each' }]);
    expect(dictionaryPlaces('L1H40.z', model)).toEqual([{ site: 'z', layer: 1, head: 40 }]);
  });

  it.each(['L1H2', 'z', 'L1H2.q', 'L1H2.attnOut', 'L1H2.each.z', 'L1H3-2.z', 'L1Hx.z', 'L0-9999999.z'])(
    '%s is refused',
    (text) => {
      expect(() => dictionaryPlaces(text, model)).toThrow(
        `expected a site such as L9H6.z, L9.z, L9H*.z or L9.residPre, got ${text}`,
      );
    },
  );
});

describe('headscope sae train', () => {
  it('trains what is swept side by side, and shows it beside its controls', async () => {
    const { code, out } = await train(
      'sweep',
      '--site',
      'L1H2.z',
      '--variant',
      'mp,topk',
      '--sweep',
      'k=2,4',
      '--controls',
      'pca,randomDirections',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^4 dictionaries, \d+ rows of stories, 150 more held out$/m);
    expect(out).toMatch(/^learning rate 0\.01$/m);
    expect(out).toMatch(/^step 6, \d+ s +loss +FVU +L0 +dead +rate$/m);
    for (const name of ['L1H2.z-matchingPursuit-k2', 'L1H2.z-matchingPursuit-k4', 'L1H2.z-topK-k2', 'L1H2.z-topK-k4']) {
      expect(out).toMatch(
        new RegExp(`^${name} +[\\d.]+ +[\\d.]+ +\\d+ +40 +[-\\d.]+ %\\n {2}pca +.*\\n {2}randomDirections +`, 'm'),
      );
      expect(await isDictionary(join(folder, 'sweep', name))).toBe(true);
      expect(await isDictionary(join(folder, 'sweep', `${name}.pca`))).toBe(true);
    }
    expect(out).toMatch(/of them running the model\n\nwritten: /);
  });

  it('goes on with what is there', async () => {
    const { out } = await train('again', '--site', 'L0.z', '--controls', 'none', '--setting', 'k=3');
    expect(out).not.toContain('going on');
    const other = await train('again', '--site', 'L0.z', '--controls', 'none', '--setting', 'k=3', '--lr', '1e-3');
    expect(other.err).toMatch(
      /checkpoint of other settings: .*training\.rate\.peak = 0\.001, got training\.rate\.peak = 0\.01/,
    );
    expect((await train('again', '--site', 'L0.z', '--controls', 'none', '--setting', 'k=3')).out).toContain(
      'going on after step 6',
    );
    expect(readdirSync(join(folder, 'again')).toSorted()).toEqual(['L0.z-topK', 'training']);
  });

  it('prints JSON, and takes seeds, rates and prompts', async () => {
    const { code, out } = await headscope([
      ...[
        'sae',
        'train',
        tinyHeads,
        '--task',
        'ioi',
        '--n',
        '40',
        '--site',
        '*.residPre',
        '--variant',
        'vq',
        '--seeds',
        '2',
      ],
      ...[
        '--sweep',
        'lr=0.01,0.001',
        '--steps',
        '3',
        '--batch',
        '32',
        '--controls',
        'none',
        '--out',
        join(folder, 'json'),
        '--json',
      ],
      ...['--features', '16', '--held-out', '64'],
    ]);
    expect(code).toBe(0);
    const { header, measured, result } = JSON.parse(out) as {
      header: { dictionaries: { name: string }[]; rows: { source: string } };
      measured: { step: number }[];
      result: { dictionaries: { seed: number }[] };
    };
    expect(header.dictionaries.map(({ name }) => name)).toEqual([
      ...['all.residPre-vectorQuantised-lr0.01-seed0', 'all.residPre-vectorQuantised-lr0.01-seed1'],
      ...['all.residPre-vectorQuantised-lr0.001-seed0', 'all.residPre-vectorQuantised-lr0.001-seed1'],
    ]);
    expect(header.rows.source).toContain('ioi');
    expect(measured.map(({ step }) => step)).toEqual([3, 3, 3, 3]);
    expect(result.dictionaries.map(({ seed }) => seed)).toEqual([0, 1, 0, 1]);
  });

  it('as a run of a project, cancelled and gone on with, has no step twice', async () => {
    const project = join(folder, 'project');
    const controller = new AbortController();
    const asked = [
      'sae',
      'train',
      tinyHeads,
      ...small.slice(0, 6),
      '--steps',
      '40',
      '--features',
      '40',
      '--held-out',
      '150',
    ];
    const { code, err } = await headscope(
      [
        ...asked,
        '--site',
        'L1H2.z',
        '--setting',
        'k=3',
        '--every',
        '1',
        '--out',
        join(folder, 'kept'),
        '--project',
        project,
      ],
      { signal: controller.signal, onOut: (out) => (out.includes('step 3,') ? controller.abort() : undefined) },
    );
    expect(code).toBe(130);
    const [, run = ''] = /^run: (\S+) in /m.exec(err) ?? [];
    expect((await headscope(['resume', run, '--project', project])).code).toBe(0);
    const rows = readFileSync(join(project, 'runs', run, 'rows.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const steps = rows
      .map((row) => JSON.parse(row) as { kind: string; step: number })
      .filter(({ kind }) => kind === 'step');
    // Steps may have been taken that were not logged any more: whoever cancels does not wait for them.
    const taken = steps.map(({ step }) => step);
    expect(taken).toEqual([...new Set(taken)].toSorted((one, other) => one - other));
    expect([taken[0], taken.at(-1)]).toEqual([1, 40]);
    expect(await isDictionary(join(folder, 'kept', 'L1H2.z-topK'))).toBe(true);
  });

  it.each([
    [['--site', 'L1H2.z', '--setting', 'k=41'], 'k is above the dictionary: expected at most F = 40, got 41'],
    [['--site', 'L1H9.z'], 'head out of range: expected 0 to 7, got 9'],
    [['--site', 'L7.z'], 'layer out of range: expected 0 to 3, got 7'],
    [[], 'sae train: --site is missing'],
    [['--site', 'L1H2.z', '--variant', 'sparse'], '--variant: expected some of standard, gated, topK'],
    [['--site', 'L1H2.z', '--setting', 'steps=2'], 'no such setting of topK: expected k, got steps'],
    [['--site', 'L1H2.z', '--sweep', 'k'], '--sweep: expected NAME=VALUE, got k'],
    [['--site', 'L1H2.z', '--controls', 'supervised'], '--controls: expected all, none or some of pca, kMeans'],
    [['--site', 'L1H2.z', '--task', 'ioi'], '--windows belongs to text'],
    [['--site', 'L1H2.z', '--windows', '2'], '--windows is given twice'],
    [['--site', 'L1H2.z', '--memory', '0.001', '--disk', '0.001'], 'rows that are shuffled together'],
  ])('refuses %j in one line', async (more, line) => {
    const { code, err } = await train('refused', ...more);
    expect([code, err.split('\n').length]).toEqual([2, 2]);
    expect(err).toContain(line);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });
});
