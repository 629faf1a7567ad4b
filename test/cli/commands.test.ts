import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readHeads } from '../../engine/exports/heads.ts';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import { commands } from '../../engine/service/commands/index.ts';
import { sites } from '../../engine/terms/sites.ts';
import type { Ran } from './headscope.ts';
import { headscope, planted, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
const inFolder = (name: string) => join(folder, name);

describe('help', () => {
  it('lists every command', async () => {
    const { code, out } = await headscope(['--help']);
    expect(code).toBe(0);
    const lines = out.split('\n').map((line) => line.trim().replace(/ {2,}/, ' '));
    for (const { name, summary } of commands) expect(lines).toContain(`${name} ${summary}`);
  });

  it.each(commands)('of $name shows its usage, every option and an example', async ({ name, options }) => {
    const { code, out } = await headscope([...name.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`  headscope ${name}`);
    for (const option of Object.keys(options)) expect(out).toContain(`--${option}`);
    expect(out).toMatch(/Examples?:\n {2}headscope /);
    expect((await headscope(['help', ...name.split(' ')])).out).toBe(out);
  });

  it('of a first word that several commands share lists them', async () => {
    const { code, out } = await headscope(['sae', '--help']);
    expect(code).toBe(0);
    for (const { name } of commands) expect(out.includes(`\n  ${name} `)).toBe(name.startsWith('sae '));
    expect((await headscope(['sae', 'tain', 'model'])).err).toMatch(
      /unknown command: expected sae train, sae eval, .*got sae tain/,
    );
  });

  it('without a command goes to standard error with exit code 2', async () => {
    const { code, out, err } = await headscope([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: headscope COMMAND');
  });

  it('gives the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await headscope(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });
});

describe('info', () => {
  it('says what the model is and what it costs', async () => {
    const { code, out, err } = await headscope(['info', planted]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^layers +2$/m);
    expect(out).toMatch(/^heads per layer +4, KV groups 4$/m);
    expect(out).toMatch(/^fingerprint +[0-9a-f]{64}$/m);
    expect(out).toMatch(/^no site +mlpOut: /m);
    expect(out).toMatch(
      /^parity +\d\.\de-\d: the family's worst difference over 9 tiny checkpoints, .*; not of this file$/m,
    );
    expect(out).toMatch(/^float32 .* MB/m);
  });

  it('says the same as JSON', async () => {
    const info = JSON.parse((await headscope(['info', planted, '--json'])).out) as Record<string, unknown>;
    expect(info).toMatchObject({
      shape: { layers: 2, heads: 4 },
      parity: { fixtures: 9 },
      tokenizer: { kind: 'present' },
      memory: { quantised: { kind: 'impossible' } },
    });
  });

  it('--verify reads every weight', async () => {
    const { code, out } = await headscope(['info', planted, '--verify']);
    expect(code).toBe(0);
    expect(out).toContain('verified: all 20 tensors are finite');
  });

  it('--families lists every family and every site', async () => {
    const { code, out } = await headscope(['info', '--families']);
    expect(code).toBe(0);
    for (const site of Object.keys(sites)) expect(out).toMatch(new RegExp(`^${site} `, 'm'));
    expect(out).toMatch(/^gptJ .*all but residMid/m);
    expect(out).toMatch(/^llama /m);
  });
});

describe('run', () => {
  const ids = '5,6,7,8,5,6';

  it('shows the next tokens', async () => {
    const { code, out } = await headscope(['run', planted, '--ids', ids, '--top', '3', '--json']);
    const { before, after } = JSON.parse(out) as { before: { id: number; probability: number }[]; after: null };
    expect(code).toBe(0);
    expect(before).toHaveLength(3);
    expect(before[0]).toMatchObject({ id: 7 });
    expect(before[0]?.probability).toBeGreaterThan(0.99);
    expect(after).toBeNull();
  });

  it('shows them before and after an edit side by side', async () => {
    const { code, out } = await headscope(['run', planted, '--ids', ids, '--edit', 'L1H1.z=zero', '--top', '2']);
    expect(code).toBe(0);
    expect(out).toMatch(/#  before +probability +logit  after +probability +logit  logit change/);
    expect(Number(/KL\(before \|\| after\) of the next token: ([\d.]+) nats/.exec(out)?.[1])).toBeGreaterThan(1);
  });

  it('applies edits in the order given', async () => {
    const kl = async (...edits: string[]) => {
      const { out } = await headscope([
        'run',
        planted,
        '--ids',
        ids,
        '--json',
        ...edits.flatMap((edit) => ['--edit', edit]),
      ]);
      return (JSON.parse(out) as { kl: number }).kl;
    };
    expect(await kl('L1H1.z*=0.5', 'L1H1.z*=2')).toBeLessThan(1e-6);
    expect(await kl('L1H1.pattern=mix(identity)')).toBeGreaterThan(1);
    expect(await kl('L1H1.scores[q=-1,k=2]=mask')).toBeGreaterThan(0.1);
  });

  it('reads text where there is a tokenizer', async () => {
    const { code, out } = await headscope(['run', planted, '--prompt', 'apple river apple', '--top', '1']);
    expect(code).toBe(0);
    expect(out).toMatch(/river/);
  });
});

describe('generate', () => {
  const generate = (...more: string[]) =>
    headscope(['generate', planted, '--ids', '5,6,7,8,5,6', '--max', '4', ...more]);

  it('goes on with what it has seen', async () => {
    const { code, out, err } = await generate();
    expect(code).toBe(0);
    expect(out.endsWith('\n')).toBe(true);
    expect(err).toMatch(/^6 \+ 4 tokens, [\d.]+ tokens\/s\n$/);
  });

  it('gives the same text for the same seed', async () => {
    const [one, same, other] = [
      await generate('--temperature', '40', '--seed', '1'),
      await generate('--temperature', '40', '--seed', '1'),
      await generate('--temperature', '40', '--seed', '2'),
    ];
    expect(one.out).toBe(same.out);
    expect(one.out).not.toBe(other.out);
  });

  it('can be edited', async () => {
    expect((await generate('--edit', 'L1H1.z=zero')).out).not.toBe((await generate()).out);
  });
});

describe('capture', () => {
  it('writes tensors by name with ids, axes and fingerprint, padded to the longest prompt', async () => {
    const prompts = inFolder('prompts.jsonl');
    writeFileSync(prompts, '{"ids":[5,6,7]}\n{"ids":[5,6,7,8,5]}\n');
    const out = inFolder('values.safetensors');
    const ran = await headscope([
      'capture',
      planted,
      '--prompts',
      prompts,
      '--sites',
      'logits,pattern,residPre',
      '--layers',
      '1',
      '--out',
      out,
    ]);
    expect([ran.code, ran.err]).toEqual([0, '']);
    const { tensors, metadata } = await readSafetensors(out);
    const shapes = Object.fromEntries([...tensors.values()].map(({ name, shape }) => [name, shape]));
    expect(shapes).toEqual({ lengths: [2], logits: [2, 5, 64], 'pattern.1': [2, 4, 5, 5], 'residPre.1': [2, 5, 144] });
    expect(JSON.parse(metadata['token_ids'] ?? '')).toEqual([
      [5, 6, 7],
      [5, 6, 7, 8, 5],
    ]);
    expect(JSON.parse(metadata['site_axes'] ?? '')).toMatchObject({ 'pattern.1': 'B N P K', lengths: 'B' });
    expect(metadata['model_fingerprint']).toMatch(/^[0-9a-f]{64}$/);
    const logits = await readFloat32(tensors.get('logits') ?? expect.fail('no logits'));
    expect(logits.subarray(3 * 64, 5 * 64).every((value) => value === 0)).toBe(true);
    expect(logits.subarray(2 * 64, 3 * 64).some((value) => value !== 0)).toBe(true);
  });

  it('writes a row of a batch as it is alone', async () => {
    const values = async (name: string, argv: string[]) => {
      const out = inFolder(name);
      expect((await headscope(['capture', planted, ...argv, '--sites', 'z', '--out', out])).code).toBe(0);
      const { tensors } = await readSafetensors(out);
      return readFloat32(tensors.get('z.1') ?? expect.fail('no z.1'));
    };
    const alone = await values('alone.safetensors', ['--ids', '5,6,7']);
    const batch = await values('batch.safetensors', ['--prompts', inFolder('prompts.jsonl')]);
    alone.forEach((value, i) => expect(batch[i]).toBeCloseTo(value, 4));
  });

  it('gives files that edits can take values from', async () => {
    const file = inFolder('alone.safetensors');
    const run = async (edit: string) => {
      const { out, err } = await headscope(['run', planted, '--ids', '5,6,7', '--edit', edit, '--json']);
      expect(err).toBe('');
      return (JSON.parse(out) as { kl: number }).kl;
    };
    expect(await run(`L1.z=replace(${file}#z.1)`)).toBeLessThan(1e-6);
    expect(await run(`L1.z=mean(${inFolder('batch.safetensors')}#z.1[b=0,p=-1],pooled)`)).toBeGreaterThanOrEqual(0);
    expect(await run(`L1.z-=${file}#z.1`)).toBeCloseTo(await run('L1.z=zero'), 6);
  });

  it('shows a site after its edits, and notes them', async () => {
    const out = inFolder('edited.safetensors');
    await headscope(['capture', planted, '--ids', '5,6', '--sites', 'z', '--edit', 'L0H2.z=zero', '--out', out]);
    const { tensors, metadata } = await readSafetensors(out);
    const z = await readFloat32(tensors.get('z.0') ?? expect.fail('no z.0'));
    const head = (h: number) => [0, 1].flatMap((p) => [...z.subarray((p * 4 + h) * 32, (p * 4 + h + 1) * 32)]);
    expect(head(2).every((value) => value === 0)).toBe(true);
    expect(head(0).some((value) => value !== 0) || head(1).some((value) => value !== 0)).toBe(true);
    expect(JSON.parse(metadata['edits'] ?? '')).toEqual(['L0H2.z=zero']);
  });
});

describe('task', () => {
  it('alone lists the tasks', async () => {
    const { code, out } = await headscope(['task']);
    expect(code).toBe(0);
    for (const id of ['ioi', 'greaterThan', 'induction']) expect(out).toMatch(new RegExp(`^${id} `, 'm'));
  });

  it('says whether the model can do it, with intervals', async () => {
    const { code, out } = await headscope(['task', planted, 'induction', '--n', '8', '--show', '1']);
    expect(code).toBe(0);
    expect(out).toMatch(/accuracy +100\.0 %, 95 % interval \[/);
    expect(out).toMatch(/does the task +yes/);
  });
});

describe('ablate', () => {
  const ablate = (...more: string[]) => headscope(['ablate', planted, '--task', 'induction', '--n', '8', ...more]);
  const heads = inFolder('heads.json');
  let first: Ran;
  beforeAll(async () => {
    first = await ablate('--kind', 'zero', '--out', heads, '--csv', inFolder('heads.csv'));
  });

  it('prints the baseline, then the heads that matter first', () => {
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/^task +induction, 8 prompts\n[^]*does the task +yes\n[^]*zero ablation of 8 of 8 units/);
    const units = [...first.out.matchAll(/^(L\dH\d) /gm)].map(([, unit]) => unit);
    expect(units).toHaveLength(8);
    expect(units.slice(0, 2).toSorted()).toEqual(['L0H2', 'L1H1']);
  });

  it('writes a valid heads.json with the effect of every head', () => {
    const file = readHeads(readFileSync(heads, 'utf8'), heads);
    expect(file.units).toHaveLength(8);
    const effect = (layer: number, head: number) =>
      file.units.find((unit) => unit.layer === layer && unit.head === head)?.values[
        'ablation.zero.negativeLogLikelihood'
      ]?.mean ?? 0;
    expect(effect(1, 1)).toBeGreaterThan(3);
    expect(Math.abs(effect(1, 0))).toBeLessThan(0.01);
    expect(file.calibration[0]).toMatchObject({ dataset: 'induction', n_sequences: 8, seed: 0 });
  });

  it('writes a table of all units', () => {
    expect(readFileSync(inFolder('heads.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(9);
  });

  it('gives the same file for the same seed, apart from the date and the seconds', async () => {
    const again = inFolder('again.json');
    await ablate('--kind', 'zero', '--out', again);
    const plain = (path: string) =>
      readFileSync(path, 'utf8')
        .replace(/"created": "[^"]+"/, '')
        .replace(/"seconds":[\d.e-]+/g, '');
    expect(plain(again)).toBe(plain(heads));
  });

  it('merges into a copy, and leaves the file itself alone', async () => {
    const before = readFileSync(heads, 'utf8');
    const merged = inFolder('merged.json');
    const { code } = await ablate('--kind', 'mean', '--into', heads, '--out', merged);
    expect(code).toBe(0);
    const file = readHeads(readFileSync(merged, 'utf8'), merged);
    expect(file.metrics.map(({ id }) => id)).toEqual([
      'ablation.zero.negativeLogLikelihood',
      'ablation.zero.kl',
      'ablation.mean.negativeLogLikelihood',
      'ablation.mean.kl',
    ]);
    expect(readFileSync(heads, 'utf8')).toBe(before);
  });

  it('takes prompts of your own', async () => {
    const prompts = inFolder('pairs.jsonl');
    writeFileSync(
      prompts,
      '{"ids":[5,6,7,8,5,6],"answerId":7,"wrongId":8,"corruptIds":[5,6,9,8,5,6]}\n{"ids":[9,8,7,5,9,8],"answerId":7,"wrongId":[5,9],"corruptIds":[9,8,6,5,9,8]}\n',
    );
    const { code, out } = await headscope(['ablate', planted, '--prompts', prompts, '--kind', 'resample', '--json']);
    expect(code).toBe(0);
    const file = readHeads(out, 'stdout');
    expect(file.metrics[0]).toMatchObject({ id: 'ablation.resample.logitDifference', direction: 'lower_keeps' });
    const [strongest] = file.units.toSorted(
      (a, b) =>
        (a.values['ablation.resample.logitDifference']?.mean ?? 0) -
        (b.values['ablation.resample.logitDifference']?.mean ?? 0),
    );
    expect([strongest?.layer, strongest?.head]).toEqual([1, 1]);
  });

  it.each(['kv-group', 'layer'])('removes a whole %s at a time', async (unit) => {
    const { code, out } = await ablate('--unit', unit, '--json');
    expect(code).toBe(0);
    expect(readHeads(out, 'stdout').units).toHaveLength(unit === 'layer' ? 2 : 8);
  });

  it('says so where there is no MLP to remove', async () => {
    const { code, err } = await ablate('--unit', 'mlp');
    expect([code, err]).toEqual([2, 'headscope: this model has no MLP to ablate\n']);
  });
});
