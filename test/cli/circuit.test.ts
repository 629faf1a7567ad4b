/** `headscope circuit`: the table, the circuit file, and what it refuses. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCircuit } from '../../engine/exports/circuit.ts';
import type { CircuitsFound } from '../../engine/service/commands/circuitTables.ts';
import { headscope, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const model = 'fixtures/models/planted-ioi';
const args = ['circuit', model, '--task', 'ioi', '--n', '8', '--random', '2'];

describe('circuit', () => {
  it('prints every method in one table, with what it was held against', async () => {
    const { code, out, err } = await headscope([
      ...args,
      '--methods',
      'patching,atp,mean-difference',
      '--studied',
      '0.3',
    ]);
    expect([code, err]).toEqual([0, expect.stringMatching(/^warning: 8 prompts/m)]);
    expect(out).toMatch(/^does the task +yes$/m);
    expect(out).toMatch(/^nodes +16 \(heads\), outside a circuit replaced by its value on the counterfactual prompt$/m);
    expect(out).toMatch(/^planted +planted circuit of planted-ioi; L3H1 acts only without L2H0/m);
    expect(out).toMatch(
      /^method +AUC planted +AUC exact-5 .* AP +F1 +CPR +CMD +KL at 10 % +seconds +forward +backward$/m,
    );
    expect(out).toMatch(/^patching +1\.000\/1\.000 \[0\.\d\d, 1\.00\] .* 144 +0$/m);
    expect(out).toMatch(/^AUC: ties half .*over nodes as if drawn from many like them/m);
    expect(out).toMatch(/^random circuits +-?\d.* \[-?\d+\.\d\d, /m);
    expect(out).toMatch(/^patching +4 +0\.000 \/ 0\.000 \(14 sets\) +4\.000 \(L3H3\)$/m);
  });

  it('writes the circuit of one method, and everything as JSON', async () => {
    const out = at('circuit.json');
    const chosen = ['--methods', 'atp,patching', '--by', 'patching', '--share', '0.25', '--out', out, '--json'];
    const run = await headscope([...args, ...chosen, '--set', 'atp.gradDrop=true', '--reference', 'planted']);
    expect(run.code).toBe(0);
    const circuit = readCircuit(readFileSync(out, 'utf8'), out);
    expect(circuit.nodes.map(({ id }) => id)).toEqual(['L0H1', 'L1H2', 'L2H0', 'L3H3']);
    expect(circuit.nodes[3]?.score).toBeCloseTo(4, 3);
    expect(circuit.task).toEqual({ name: 'ioi', options: {} });
    const { header, rows, baseline } = JSON.parse(run.out) as CircuitsFound;
    expect([header.references.map(({ id }) => id), baseline.doesTask]).toEqual([['planted'], true]);
    const [first] = rows;
    expect(first).toMatchObject({ of: 'ranking', method: 'atp', settings: { gradDrop: true }, signed: null });
    const again = await headscope([...args, ...chosen]);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining(out)]);
  });

  it('runs one method with several settings, and against nothing', async () => {
    const chosen = ['--methods', 'atp, atp gradDrop=true', '--reference', 'none', '--budgets', '0.5,1', '--json'];
    const { code, out } = await headscope([...args, ...chosen]);
    const { header, rows } = JSON.parse(out) as CircuitsFound;
    const ranked = rows.flatMap((row) => (row.of === 'ranking' ? [[row.method, row.settings['gradDrop']]] : []));
    expect([code, header.references, ranked]).toEqual([
      0,
      [],
      [
        ['atp', false],
        ['atp gradDrop=true', true],
      ],
    ]);
  });

  it('is kept as a run that goes on from its rows, is repeated to the same ones, and is exported', async () => {
    process.env['XDG_DATA_HOME'] = folder;
    const project = ['--project', at('project')];
    const methods = ['--methods', 'patching,untrained', '--seeds', '2', '--sizes', '5', '--reference', 'planted'];
    const { err } = await headscope([...args, ...methods, ...project]);
    const [, run = ''] = /^run: (\S+) in /m.exec(err) ?? [];
    const [record = '', rows = ''] = ['run.json', 'rows.jsonl'].map((name) => join(at('project'), 'runs', run, name));
    const untimed = () => readFileSync(rows, 'utf8').replace(/"seconds":[\d.e-]+/g, '');
    const whole = untimed();
    // As a kill would leave it: in the middle of a line.
    const stored = JSON.parse(readFileSync(record, 'utf8')) as { summary: { state: string }; result: unknown };
    stored.summary.state = 'interrupted';
    stored.result = null;
    writeFileSync(record, JSON.stringify(stored));
    const text = readFileSync(rows, 'utf8');
    writeFileSync(rows, text.slice(0, Math.floor(text.length / 2)));
    expect((await headscope(['resume', run, ...project])).code).toBe(0);
    expect(untimed()).toBe(whole);
    const again = await headscope(['replay', run, ...project]);
    expect(again.out).toMatch(new RegExp(`^identical rows +${whole.trim().split('\n').length - 1}$`, 'm'));
    expect(again.out).toMatch(/^different rows +0$/m);
    const out = at('mib.json');
    await headscope(['export', run, '--format', 'mib-nodes', '--metric', 'untrained', '--out', out, ...project]);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toHaveProperty(['nodes', 'a3.h1', 'score']);
  });

  it('lists methods with their settings, and published circuits', async () => {
    const { code, out } = await headscope(['circuit', '--methods', 'list']);
    expect(code).toBe(0);
    expect(out).toMatch(/^atp {2}Attribution patching \(method; heads, headsAndMlps\)$/m);
    expect(out).toMatch(/^ {2}--set ig\.steps=10 /m);
    expect(out).toMatch(/^ioiWang {2}/m);
  });

  it.each([
    [['--methods', 'acdc'], /no such circuit method/],
    [['--methods', 'atp', '--set', 'ig.steps=3'], /--set/],
    [['--methods', 'atp', '--set', 'gradDrop'], /METHOD\.NAME=VALUE/],
    [['--methods', 'atp gradDrop'], /METHOD NAME=VALUE/],
    [['--methods', 'atp', '--reference', 'exact:2'], /--reference/],
    [['--methods', 'atp', '--reference', 'none', '--reference', 'planted'], /none alone/],
    [['--methods', 'atp', '--budgets', '0.1,x'], /--budgets/],
    [['--methods', 'atp', '--budgets', '0.1,3'], /budgets/],
    [['--methods', 'atp', '--by', 'ig', '--out', at('none.json')], /--by/],
    [[], /--methods is missing/],
  ])('refuses %j in one line', async (more, message) => {
    const { code, err } = await headscope([...args, ...more]);
    const lines = err
      .trim()
      .split('\n')
      // A busy machine may show how far it is before the error comes.
      .filter((line) => !/^(?:warning|opening|ranking): /.test(line));
    expect([code, lines.length]).toEqual([expect.toSatisfy((value) => value === 1 || value === 2), 1]);
    expect(lines[0]).toMatch(message);
  });
});
