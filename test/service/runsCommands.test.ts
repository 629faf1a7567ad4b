/** The commands about runs on a real model: `runs`, `resume`, `replay`, `export`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readHeads } from '../../engine/exports/heads.ts';
import { headscope, planted, temporaryFolder } from '../cli/headscope.ts';

const folder = temporaryFolder();
const project = join(folder, 'project');
const own = ['--project', project];
const prompts = join(folder, 'prompts.jsonl');
writeFileSync(
  prompts,
  '{"ids":[5,6,7,8,5,6],"answerId":7,"wrongId":8}\n{"ids":[9,8,7,5,9,8],"answerId":7,"wrongId":[5,9]}\n',
);

async function firstRun(): Promise<string> {
  const { out } = await headscope(['runs', ...own, '--json']);
  const { runs } = JSON.parse(out) as { runs: { id: string }[] };
  return runs.at(-1)?.id ?? '';
}

describe('the commands about runs', () => {
  it('list what was measured, and say so where nothing was', async () => {
    expect(await headscope(['runs', ...own])).toMatchObject({ code: 0, out: `no runs in ${project}\n` });
    const ran = await headscope(['ablate', planted, '--prompts', prompts, '--kind', 'zero', ...own, '--json']);
    expect(ran.code).toBe(0);
    const { out } = await headscope(['runs', ...own]);
    expect(out).toMatch(/ablate-prompts-jsonl-[0-9a-f]{4} +done +10 +planted-induction +Zero ablation of heads/);
  });

  it('replay a run to the last bit', async () => {
    const { code, out } = await headscope(['replay', await firstRun(), ...own]);
    expect([code, out]).toEqual([0, 'identical rows  9\ndifferent rows  0\n']);
  });

  it('export a run', async () => {
    const run = await firstRun();
    const exported = async (format: string) => {
      const path = join(folder, `out.${format}`);
      const { code, err } = await headscope(['export', run, '--format', format, '--out', path, ...own]);
      expect([code, err]).toEqual([0, '']);
      return readFileSync(path);
    };
    const heads = readHeads((await exported('heads.json')).toString(), 'heads.json');
    expect(heads.units).toHaveLength(8);
    expect((await exported('csv')).toString().trimEnd().split('\n')).toHaveLength(9);
    const rows = await exported('rows.jsonl');
    expect(rows.toString().trimEnd().split('\n')).toHaveLength(10);
    const files = unzipSync(await exported('bundle.zip'));
    const names = ['run.json', 'rows.jsonl', 'heads.json', 'README.txt'].map((name) => `${run}/${name}`);
    expect(Object.keys(files).toSorted()).toEqual(names.toSorted());
    expect(Buffer.from(files[`${run}/rows.jsonl`] ?? []).equals(rows)).toBe(true);
    const again = await headscope(['export', run, '--format', 'csv', '--out', join(folder, 'out.csv'), ...own]);
    expect([again.code, again.err]).toEqual([2, expect.stringMatching(/exists already/)]);
  });

  it('export a run in the forms of other tools, and say what they can not', async () => {
    const run = await firstRun();
    const exported = async (format: string, ...more: string[]) => {
      const path = join(folder, `foreign.${format}`);
      const { code, err } = await headscope(['export', run, '--format', format, '--out', path, ...more, ...own]);
      expect([code, err.split('\n').filter((line) => !line.startsWith('note: '))]).toEqual([0, ['']]);
      return { bytes: readFileSync(path), err };
    };
    const effect = ['--metric', 'ablation.zero.logitDifference'];
    const { bytes, err } = await exported('wu', ...effect);
    expect(Object.keys(JSON.parse(bytes.toString()))).toHaveLength(8);
    expect(err).toMatch(/note: ablation\.zero\.logitDifference is a measured effect of removal/);
    const removed = JSON.parse((await exported('hf-heads', ...effect, '--remove', '3')).bytes.toString());
    expect(Object.values(removed).flat()).toHaveLength(3);
    // The head that induces, and the one that it reads, are the last to go.
    const kept = (await exported('qr-head-set', ...effect, '--remove', '6')).bytes.toString();
    expect(kept).toBe('0-2,1-1\n');
    const files = unzipSync((await exported('head-vis')).bytes);
    expect(Object.keys(files)).toHaveLength(4 + 8);
    expect((await exported('parquet')).bytes.subarray(0, 4).toString()).toBe('PAR1');
    const several = await headscope(['export', run, '--format', 'locos', '--out', join(folder, 'l.json'), ...own]);
    expect([several.code, several.err]).toEqual([2, expect.stringMatching(/several tables: expected one of them/)]);
  });

  it('list the forms of other tools', async () => {
    const { code, out } = await headscope(['export', '--formats', ...own]);
    expect(code).toBe(0);
    expect(out).toMatch(/wu +head_score\.json +Retrieval_Head/);
    expect(out).toMatch(/duo-attention +a folder, as zip/);
  });

  it('resume a run that was stopped in the middle', async () => {
    const run = await firstRun();
    const [record, rows] = ['run.json', 'rows.jsonl'].map((name) => join(project, 'runs', run, name)) as [
      string,
      string,
    ];
    const whole = readFileSync(rows, 'utf8');
    writeFileSync(rows, whole.slice(0, whole.indexOf('"head":2') + 4));
    writeFileSync(record, readFileSync(record, 'utf8').replace('"state": "done"', '"state": "running"'));
    expect((await headscope(['runs', ...own])).out).toMatch(/ interrupted +4 /);
    const { code, out } = await headscope(['resume', run, ...own]);
    expect([code, out]).toEqual([0, expect.stringMatching(/done, 10 rows/)]);
    expect(readFileSync(rows, 'utf8')).toBe(whole);
  });

  it.each([
    [['resume'], /one run is needed/],
    [['resume', '../x'], /no run has such a name/],
    [['replay', '2030-01-01-ablate-x-0000'], /no such run/],
    [['export', '2030-01-01-ablate-x-0000'], /--format is missing: expected heads.json, csv/],
    [['export', '2030-01-01-ablate-x-0000', '--format', 'xml'], /expected one of heads.json/],
    [['runs', 'x'], /no argument is taken/],
  ])('say in one line what is wrong: %j', async (argv, message) => {
    const { code, err } = await headscope([...argv, ...own]);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });
});
