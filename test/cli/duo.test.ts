/** `headscope duo`: a folder that other tools read, and a training that goes on where it was. HEADSCOPE_LONG=1 repeats it from its record. */
import { appendFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { headscope, temporaryFolder } from './headscope.ts';

const isLong = process.env['HEADSCOPE_LONG'] === '1';
const folder = temporaryFolder();
const tiny = fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url));
const at = (...names: string[]) => join(folder, ...names);
const texts = ['--length', '176-192', '--every', '1', '--sink', '4', '--recent', '16'];
const small = [...texts, '--steps', '4'];
const measured = ['--texts', '1', '--draws', '1', '--sparsity', '0.5'];
const withoutRazor = [...measured, '--no-razor'];
const tsv = (name: string) => readFileSync(at(name, 'full_attention_heads.tsv'), 'utf8');

interface Saved {
  readonly gates: readonly (readonly number[])[];
  readonly steps: readonly { readonly step: number }[];
  readonly quality: { readonly rows: readonly { readonly ranking: string | null; readonly draw: number | null }[] };
}

describe('duo', () => {
  it('writes gates as DuoAttention does, what was measured, and a line for every step', async () => {
    const { code, out } = await headscope(['duo', tiny, '--out', at('whole'), ...small, ...measured]);
    expect(code).toBe(0);
    expect(out).toMatch(/^16 gates, 4 steps, sink 4, recent 16, texts of 176 to 192 tokens$/m);
    expect(out).toMatch(/^step 4 {2}loss \d\.\d{4} /m);
    expect(out).toMatch(/^ *8 of 16 {2}gates /m);
    expect(out).toMatch(/^ *8 of 16 {2}razor /m);
    expect(readdirSync(at('whole')).toSorted()).toEqual([
      ...['config.json', 'duo.json', 'full_attention_heads.tsv', 'training.jsonl'],
    ]);
    const rows = tsv('whole').trimEnd().split('\n');
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatch(/^(\d\.\d{18}e[+-]\d\d\t){3}\d\.\d{18}e[+-]\d\d$/);
    const config: unknown = JSON.parse(readFileSync(at('whole', 'config.json'), 'utf8'));
    expect(config).toMatchObject({ sink_size: 4, recent_size: 16, num_steps: 4, lr: 0.02, reg_weight: 0.05 });
    const saved = JSON.parse(readFileSync(at('whole', 'duo.json'), 'utf8')) as Saved;
    expect(saved.gates.flat().map(String)).toEqual(
      rows.flatMap((row) => row.split('\t')).map((x) => String(Number(x))),
    );
    expect(saved.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(saved.quality.rows.map(({ ranking, draw }) => [ranking, draw])).toEqual([
      [null, null],
      ['gates', null],
      ['razor', null],
      ['random', 0],
    ]);
  });

  it('measures rankings of other tools beside the gates', async () => {
    writeFileSync(at('keep.json'), JSON.stringify({ 0: [1], 2: [0, 3] }));
    const args = ['duo', tiny, '--out', at('whole'), ...small, ...withoutRazor];
    const { code, out } = await headscope([...args, '--ranking', `razor=${at('keep.json')}`]);
    expect(code).toBe(0);
    expect(out).toMatch(/going on after step 4$/m);
    expect(out).toMatch(/^ *8 of 16 {2}keep\.json /m);
    const unknown = await headscope([...args, '--ranking', at('keep.json')]);
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('two opposite meanings')]);
  });

  it('goes on after it was cancelled, to the same gates', async () => {
    const args = ['duo', tiny, '--out', at('again'), ...small, '--no-quality'];
    const controller = new AbortController();
    const stopped = await headscope(args, {
      signal: controller.signal,
      onOut: (out) => out.includes('step 2') && controller.abort(),
    });
    expect(stopped.code).toBe(130);
    // A kill may tear the last line.
    appendFileSync(at('again', 'training.jsonl'), '{"kind":"step","st');
    const { code, out } = await headscope(args);
    expect(code).toBe(0);
    expect(out).toMatch(/going on after step [23]$/m);
    expect(tsv('again')).toBe(tsv('whole'));
  });

  it('is kept as a run of a project, which goes out as DuoAttention has it', async () => {
    process.env['XDG_DATA_HOME'] = folder;
    const project = ['--project', at('project')];
    const training = [...texts, '--steps', '2', ...(isLong ? withoutRazor : ['--no-quality'])];
    const { code, err } = await headscope(['duo', tiny, '--out', at('kept'), ...training, ...project]);
    expect(code).toBe(0);
    const runs = [...err.matchAll(/^run: (\S+) in /gm)].map(([, run = '']) => run);
    expect(runs).toHaveLength(isLong ? 2 : 1);
    const [gates = '', ...quality] = runs;
    const out = at('gates.zip');
    const exported = await headscope(['export', gates, '--format', 'duo-attention', '--out', out, ...project]);
    expect([exported.code, exported.out]).toEqual([0, `${out}\n`]);
    if (!isLong) return;
    const replayed = await headscope(['replay', gates, ...project]);
    expect(replayed.out).toMatch(/^identical rows +2\ndifferent rows +0$/m);
    const measuredAgain = await headscope(['replay', quality[0] ?? '', ...project]);
    expect(measuredAgain.out).toMatch(/^identical rows +3\ndifferent rows +0$/m);
  });

  it('refuses a folder of something else, and other settings than those it began with', async () => {
    const other = await headscope(['duo', tiny, '--out', at('whole'), ...small, '--seed', '7', '--no-quality']);
    expect([other.code, other.err]).toEqual([2, expect.stringContaining('a training with other settings')]);
    writeFileSync(at('notes.txt'), '');
    const strange = await headscope(['duo', tiny, '--out', folder, '--no-quality']);
    expect([strange.code, strange.err]).toEqual([2, expect.stringContaining('not empty and no training of gates')]);
    // The model takes 512 tokens: the scaled schedule is of texts that fit, the paper's is not.
    const scaled = await headscope(['duo', tiny, '--out', at('scaled'), '--sparsity', 'all']);
    expect(scaled.err).toContain('--sparsity: expected shares');
    const stop = new AbortController();
    const begun = await headscope(['duo', tiny, '--out', at('scaled'), '--no-quality'], {
      signal: stop.signal,
      onOut: (text) => text.includes(' gates, ') && stop.abort(),
    });
    expect(begun.out).toMatch(/^16 gates, 200 steps, sink 16, recent 64, texts of 256 to 512 tokens$/m);
    const long = await headscope(['duo', tiny, '--out', at('long'), '--schedule', 'paper']);
    expect([long.code, long.err]).toEqual([2, expect.stringContaining('longer than the context')]);
  });
});
