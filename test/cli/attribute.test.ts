import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HeadsFile } from '../../engine/exports/headsSchema.ts';
import { readHeads } from '../../engine/exports/heads.ts';
import type { Ran } from './headscope.ts';
import { headscope, planted, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
const inFolder = (name: string) => join(folder, name);

// The token that followed the repeated one is another in the corrupt prompt, or the repeated one itself is.
const pairs = inFolder('pairs.jsonl');
writeFileSync(
  pairs,
  [
    '{"ids":[5,6,7,8,5,6],"answerId":7,"wrongId":8,"corruptIds":[5,6,9,8,5,6]}',
    '{"ids":[9,8,7,5,9,8],"answerId":7,"wrongId":[5,9],"corruptIds":[9,6,7,5,9,8]}',
    '{"ids":[3,9,8,5,7,3,9],"answerId":8,"wrongId":5,"corruptIds":[3,9,4,5,7,3,9]}',
  ].join('\n'),
);
const exact = inFolder('exact.json');

const attribute = (...more: string[]) => headscope(['attribute', planted, '--prompts', pairs, ...more]);

async function json(...more: string[]): Promise<HeadsFile> {
  const { code, out, err } = await attribute('--json', ...more);
  expect([code, err.replace(/^written: .*\n$/, '')]).toEqual([0, '']);
  return readHeads(out, 'stdout');
}

function valueOf(file: HeadsFile, id: string, name: string): number {
  const unit = file.units.find(({ layer, head, kv_group }) =>
    [`L${layer}H${head}`, `L${layer}G${kv_group}`, `L${layer}`].includes(name),
  );
  return unit?.values[id]?.mean ?? NaN;
}

beforeAll(async () => {
  const ablate = (...more: string[]) => headscope(['ablate', planted, '--prompts', pairs, ...more]);
  await ablate('--kind', 'zero', '--out', inFolder('zero.json'));
  await ablate('--kind', 'resample', '--into', inFolder('zero.json'), '--out', exact);
});

describe('attribute', () => {
  let first: Ran;
  beforeAll(async () => {
    first = await attribute('--method', 'atp', '--into', exact, '--out', inFolder('atp.json'));
  });

  it('prints the baseline, the strongest units and how they agree with exact ablation', () => {
    expect(first.code).toBe(0);
    expect(first.out).toMatch(
      /^task +pairs\.jsonl, 3 prompts\n[^]*does the task +yes\n\natp, an estimate of resample ablation: 8 of 8 units on 3 prompts, in logits, [\d.]+ s\n/,
    );
    expect(first.out).toMatch(/^z \(head\), from what would hurt most .*:\nunit +estimate .*\nL1H1 +-12\.333 /m);
    expect(first.out).toMatch(
      /^z against ablation\.resample\.logitDifference of .*exact\.json: Pearson 0\.\d{3}, Spearman 0\.\d{3} over 8 units$/m,
    );
  });

  it('lists the head whose effect goes through a saturated softmax as the one that is farthest off', () => {
    const [, table = ''] = first.out.split('Farthest apart (estimate - ablation):\n');
    const [, off = '', ...rest] = table.trimEnd().split('\n');
    const [name, estimate, measured, difference] = off.split(/ +/);
    expect([name, Number(estimate)]).toEqual(['L0H2', 0]);
    expect(Number(measured)).toBeLessThan(-3);
    expect(Number(difference)).toBeCloseTo(-Number(measured), 3);
    expect(rest).toEqual([]);
  });

  it('writes its estimates beside the ablation, and leaves the file itself alone', () => {
    const merged = readHeads(readFileSync(inFolder('atp.json'), 'utf8'), 'atp.json');
    expect(merged.metrics.map(({ id }) => id)).toEqual([
      'ablation.zero.logitDifference',
      'ablation.zero.kl',
      'ablation.resample.logitDifference',
      'ablation.resample.kl',
      'attribution.atp.logitDifference',
    ]);
    expect(merged.units).toHaveLength(8);
    expect(readHeads(readFileSync(exact, 'utf8'), 'exact.json').metrics).toHaveLength(4);
  });

  it('is exact where the path to the logits is linear: what L1H1 writes goes straight to them', () => {
    const merged = readHeads(readFileSync(inFolder('atp.json'), 'utf8'), 'atp.json');
    const estimate = valueOf(merged, 'attribution.atp.logitDifference', 'L1H1');
    expect(estimate).toBeCloseTo(valueOf(merged, 'ablation.resample.logitDifference', 'L1H1'), 3);
  });

  it.each(['gradxact', 'taylor'])(
    '%s is the zero ablation of L1H1, and at z what it is at headWrite',
    async (method) => {
      const file = await json('--method', method, '--sites', 'z,headWrite', '--into', exact, '--out', inFolder(method));
      const estimate = valueOf(file, `attribution.${method}.logitDifference`, 'L1H1');
      const measured = valueOf(file, 'ablation.zero.logitDifference', 'L1H1');
      expect(measured).toBeLessThan(-10);
      expect(estimate).toBeCloseTo(method === 'taylor' ? -measured : measured, 3);
      expect(valueOf(file, `attribution.${method}.headWrite.logitDifference`, 'L1H1')).toBeCloseTo(estimate, 3);
    },
  );

  it('compares magnitudes with absolute values, and by rank', async () => {
    const { out } = await attribute('--method', 'taylor', '--granularity', 'token', '--against', exact);
    expect(out).toMatch(/^taylor \(absolute value of each token\), an estimate of zero ablation: /m);
    expect(out).toMatch(/^z \(head\), largest magnitudes:\n.*\nL1H1 +12\.000 /m);
    expect(out).toMatch(
      /^z against \|ablation\.zero\.logitDifference\| of .*: Pearson 0\.\d+, Spearman \d\.\d+ over 8/m,
    );
    expect(out).toMatch(
      /Farthest apart by rank \(1 is the largest\):\n.*rank of \|ablation\|\n|All ranks are the same/,
    );
  });

  it('estimates every site, each in its own units', async () => {
    const sites = ['z', 'headWrite', 'residPre', 'q', 'k', 'v'];
    const file = await json('--method', 'integrated', '--steps', '3', '--sites', sites.join(','));
    const id = (site: string) => `attribution.integrated+steps3.${site}.logitDifference`.replace('.z.', '.');
    expect(file.metrics.map((metric) => metric.id)).toEqual(sites.map(id));
    const counts = sites.map((site) => file.units.filter(({ values }) => values[id(site)] !== undefined).length);
    expect(counts).toEqual([8, 8, 2, 8, 8, 8]);
    expect(file.warnings).toEqual([]);
  });

  it('keeps other metrics and AtP* apart in one file', async () => {
    const star = ['--qk-correction', '--grad-drop', '--sites', 'z,q'];
    const file = await json('--method', 'atp', ...star, '--into', inFolder('atp.json'), '--out', inFolder('star.json'));
    const more = ['--metric', 'probabilityDifference', '--into', inFolder('star.json'), '--out', inFolder('more.json')];
    const both = await json('--method', 'atp', ...more);
    const idsOf = ({ metrics }: HeadsFile) => metrics.map(({ id }) => id).filter((id) => id.startsWith('attribution'));
    expect(idsOf(file)).toEqual([
      'attribution.atp.logitDifference',
      'attribution.atp+drop.logitDifference',
      'attribution.atp+qk+drop.q.logitDifference',
    ]);
    expect(idsOf(both)).toEqual([...idsOf(file), 'attribution.atp.probabilityDifference']);
  });

  it('gives the same table for the same seed', async () => {
    const run = async (name: string, seed: string) => {
      await attribute('--method', 'atp', '--seed', seed, '--csv', inFolder(name));
      return readFileSync(inFolder(name), 'utf8');
    };
    const [one, again] = [await run('one.csv', '4'), await run('again.csv', '4')];
    expect(one).toBe(again);
    expect(one.trimEnd().split('\n')).toHaveLength(9);
  });

  it('says why it does not compare', async () => {
    const queries = await attribute('--method', 'atp', '--sites', 'q,residPre', '--against', exact);
    expect(queries.out).toMatch(
      /^not compared with .*exact\.json: q, residPre \(headscope ablate does not replace it/m,
    );
    const other = await attribute('--method', 'atp', '--metric', 'probabilityDifference', '--against', exact);
    expect(other.out).toMatch(/: z \(no ablation\.resample\.probabilityDifference of unit head\)$/m);
    writeFileSync(inFolder('fewer.jsonl'), readFileSync(pairs, 'utf8').split('\n').slice(0, 2).join('\n'));
    const fewer = ['attribute', planted, '--prompts', inFolder('fewer.jsonl'), '--method', 'atp', '--against', exact];
    const { out } = await headscope(fewer);
    expect(out).toMatch(/: z \(ablation\.resample\.logitDifference was measured on other prompts \(pairs\.jsonl-/m);
  });

  it('makes the prompts of a task, and warns where the model does not do it', async () => {
    const wrong = inFolder('wrong.jsonl');
    writeFileSync(wrong, '{"ids":[5,6,7,8,5,6],"answerId":8,"wrongId":7,"corruptIds":[5,6,9,8,5,6]}\n');
    const { err } = await headscope(['attribute', planted, '--prompts', wrong, '--method', 'gradxact']);
    expect(err).toBe(
      'warning: the model does not do wrong.jsonl better than chance: effects on a behaviour that it lacks are noise\n',
    );
    const { code, out } = await headscope(['attribute', planted, '--task', 'induction', '--n', '4', '--method', 'atp']);
    expect(code).toBe(0);
    expect(out).toMatch(/8 of 8 units on 4 prompts, in nats/);
  });
});

describe('bad input', () => {
  const bare = inFolder('bare.jsonl');
  writeFileSync(bare, '{"ids":[5,6,7,8,5,6],"answerId":7,"wrongId":8}\n');
  const onBare = (...more: string[]) => ['attribute', planted, '--prompts', bare, ...more];
  const atp = (...more: string[]) => ['attribute', planted, '--prompts', pairs, '--method', 'atp', ...more];
  const foreign = inFolder('foreign.json');

  it.each([
    ['no method', onBare(), /attribute: --method is missing: expected one of atp, taylor, gradxact, integrated/],
    ['an unknown method', onBare('--method', 'shap'), /attribute: --method: expected one of atp, taylor, .*, got shap/],
    ['the rank', onBare('--method', 'atp', '--metric', 'rank'), /attribute: the rank has no gradient: .*got rank/],
    [
      'an unknown site',
      atp('--sites', 'z,attnOut'),
      /attribute: --sites: expected some of z,headWrite,.*, got attnOut/,
    ],
    ['a site twice', atp('--sites', 'z,k,z'), /attribute: a site twice: expected each site once, got z/],
    ['steps of another method', atp('--steps', '3'), /attribute: steps belongs to method integrated: got atp/],
    [
      'no steps',
      onBare('--method', 'integrated', '--steps', '0'),
      /--steps: expected an integer from 1 to 1000, got 0/,
    ],
    ['a granularity of another method', atp('--granularity', 'token'), /granularity belongs to method taylor: got atp/],
    ['GradDrop of another method', onBare('--method', 'taylor', '--grad-drop'), /grad-drop belongs to method atp/],
    ['a QK correction without q and k', atp('--qk-correction'), /qk-correction .*: expected q or k among .*, got z/],
    ['a prompt without a corrupt one', onBare('--method', 'atp'), /prompt 1.*expected.*got none/],
    ['a site that the model lacks', atp('--sites', 'mlpOut'), /mlpOut/],
    ['a merge without a file to write', atp('--into', exact), /--into needs --out/],
    ['heads of another model', atp('--against', foreign), /foreign\.json: heads of another model: .*got 00/],
    ['something else to compare with', atp('--against', pairs), /pairs\.jsonl: not a JSON file/],
  ])('%s ends in one line', async (_, argv, message) => {
    writeFileSync(foreign, readFileSync(exact, 'utf8').replace(/"fingerprint":"[0-9a-f]+"/, '"fingerprint":"00"'));
    const { code, out, err } = await headscope(argv);
    expect(err).toMatch(message);
    expect(err).toMatch(/^headscope: [^\n]+\n$/);
    expect([code, out]).toEqual([2, '']);
  });

  it('writes nothing', async () => {
    await headscope(onBare('--method', 'atp', '--out', inFolder('never.json')));
    expect(readdirSync(folder)).not.toContain('never.json');
  });
});
