/** `headscope plan` and `headscope prune` on the bundled model. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { readHeads } from '../../engine/exports/heads.ts';
import { zeroEdits } from '../../engine/prune/curve/zeroEdits.ts';
import { openModel } from '../../engine/run/index.ts';
import { maxDifference } from '../run/models.ts';
import { logitsOf } from '../prune/surgery/pruned.ts';
import type { Ran } from './headscope.ts';
import { headscope, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const model = fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url));
const text = ['--windows', '3', '--length', '32'];
const project = at('project');

describe('plan and prune', () => {
  let planned: Ran;
  beforeAll(async () => {
    writeFileSync(at('retrieval.json'), JSON.stringify({ '0-0': [0.5], ...zeros([0, 0]) }));
    planned = await headscope([
      ...['plan', model, '--heads', '6', ...text, '--pin', 'L1H0', '--retrieval', at('retrieval.json')],
      ...['--curve', '--points', '1,2,3,99', '--project', project, '--out', at('heads.json')],
    ]);
  }, 60_000);

  /** Retrieval_Head's form: 0 for every other head. */
  function zeros([layer, head]: readonly [number, number]): Record<string, number[]> {
    const names = Array.from({ length: 32 }, (_, i) => `${Math.floor(i / 8)}-${i % 8}`);
    return Object.fromEntries(names.map((name) => [name, name === `${layer}-${head}` ? [0.5] : [0]]));
  }

  it('writes the plan with its evidence', () => {
    expect(planned.code).toBe(0);
    expect(planned.out).toContain('Greedy by rise of the loss, stopped by the budget');
    expect(planned.out).toMatch(/random plans: .* \d+ of 10 are worse than the plan/);
    const file = readHeads(readFileSync(at('heads.json'), 'utf8'), 'heads.json');
    const plan = file.prune_plan;
    expect(plan?.order).toHaveLength(3);
    expect(Object.values(plan?.heads_to_prune ?? {}).flat()).toHaveLength(6);
    expect(Object.values(plan?.kv_groups_to_prune ?? {}).flat()).toHaveLength(3);
    expect(plan?.legal_for?.map(({ ok }) => ok)).toContain(true);
    expect(file.expected?.kv_bytes_per_token_after).toBe(4096 - 3 * 2 * 32 * 4);
    expect(file.evaluation?.random_control?.draws).toBe(10);
    expect(file.evaluation?.curve?.filter(({ metric }) => metric === 'kl').map(({ k }) => k)).toEqual([0, 1, 2, 3]);
    const shielded = file.units.filter((unit) => unit.protected !== undefined);
    expect(shielded.map(({ layer, kv_group }) => [layer, kv_group])).toEqual([
      [0, 0],
      [1, 0],
    ]);
  });

  it('keeps plan and curve as runs of a project, which are exported', async () => {
    const listed = await headscope(['runs', '--project', project]);
    const runNamed = (word: string) => new RegExp(`\\S+-${word}-\\S+`).exec(listed.out)?.[0] ?? '';
    const exported = async (word: string, format: string) => {
      const out = at(`${word}.out`);
      const ran = await headscope(['export', runNamed(word), '--project', project, '--format', format, '--out', out]);
      expect(ran.code).toBe(0);
      return readFileSync(out, 'utf8');
    };
    const again = readHeads(await exported('pruneplan', 'heads.json'), 'again.json');
    expect(again.prune_plan).toEqual(readHeads(readFileSync(at('heads.json'), 'utf8'), 'heads.json').prune_plan);
    // The plan's points and those of ten random orders, below a line of names.
    expect((await exported('prunecurve', 'csv')).trimEnd().split('\n')).toHaveLength(1 + 4 * 11);
  });

  it('writes folders without those heads, that open and give what the masked model gives', async () => {
    const plan = readHeads(readFileSync(at('heads.json'), 'utf8'), 'heads.json').prune_plan?.heads_to_prune ?? {};
    const removed = new Map(Object.entries(plan).map(([layer, heads]) => [Number(layer), heads]));
    const ids = [0, 7, 400, 12, 7, 400];
    const masked = await logitsOf(model, ids, zeroEdits(removed));
    for (const form of ['--zero', '--remove']) {
      const out = at(`pruned${form}`);
      const { code, out: said } = await headscope(['prune', model, '--plan', at('heads.json'), form, '--out', out]);
      expect([code, said.startsWith(`${out}: 6 heads `)]).toEqual([0, true]);
      expect(maxDifference(await logitsOf(out, ids), masked)).toBeLessThan(1e-4);
      expect(readdirSync(out).toSorted()).toEqual([
        ...['config.json', 'headscope-pruned.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'],
      ]);
    }
    const info = await headscope(['info', at('pruned--remove')]);
    expect(info.code).toBe(0);
  });

  it('puts the mean over text into the bias, and takes a list of heads of another tool', async () => {
    writeFileSync(at('list.json'), JSON.stringify({ 0: [1, 2], 3: [7] }));
    const document = (n: number) =>
      JSON.stringify({ text: `The ring ${n} is in the park, and the cup is at home. `.repeat(9) });
    writeFileSync(at('text.jsonl'), [1, 2, 3].map(document).join('\n'));
    const from = ['--text', at('text.jsonl'), ...text];
    const argv = ['prune', model, '--plan', at('list.json'), '--from', 'hf-heads', '--bias-compensation', ...from];
    const { code, out } = await headscope([...argv, '--out', at('compensated'), '--json']);
    expect(code).toBe(0);
    const result = JSON.parse(out) as { readonly form: string; readonly changed: readonly string[] };
    expect(result.form).toBe('zeroed');
    expect(result.changed.filter((name) => name.endsWith('o_proj.bias'))).toHaveLength(2);
    const opened = await openModel(at('compensated'));
    expect(opened.files.config['attention_bias']).toBe(true);
    await opened.dispose();
  });

  it('writes ONNX of the plan, and of a folder that was pruned, with caches as small as the layers', async () => {
    const run = async (...argv: readonly string[]) => {
      const { code, out } = await headscope(['onnx', ...argv, '--json']);
      expect(code).toBe(0);
      return JSON.parse(out) as {
        readonly parameters: number;
        readonly kvHeads: readonly number[];
        readonly files: string[];
      };
    };
    const planned = await run(model, '--plan', at('heads.json'), '--out', at('onnx'));
    const again = await run(at('pruned--remove'), '--out', at('onnx-again'));
    expect(again.kvHeads).toEqual(planned.kvHeads);
    expect(again.parameters).toBe(planned.parameters);
    expect(planned.kvHeads.reduce((sum, heads) => sum + heads, 0)).toBe(16 - 3);
    expect(planned.files).toContain('tokenizer.json');
    expect(readFileSync(at('onnx/model.onnx_data')).equals(readFileSync(at('onnx-again/model.onnx_data')))).toBe(true);
  });

  it('says what is wrong, and leaves nothing behind', async () => {
    const run = async (...argv: readonly string[]) => {
      const ran = await headscope(['prune', model, ...argv, '--out', at('never')]);
      expect(ran.code).not.toBe(0);
      return ran.err;
    };
    expect(await run()).toContain('--plan is missing');
    expect(await run('--plan', at('heads.json'), '--zero', '--remove')).toContain('only one of');
    expect(await run('--plan', at('retrieval.json'))).toContain('the file has no plan');
    writeFileSync(at('empty.json'), JSON.stringify({ pruned_heads: { 1: [0, 1, 2, 3, 4, 5, 6, 7] } }));
    expect(await run('--plan', at('empty.json'))).toContain('the plan empties a layer');
    expect(existsSync(at('never'))).toBe(false);
    const zeroed = await headscope([
      'prune',
      model,
      '--plan',
      at('empty.json'),
      '--empty-layers',
      '--out',
      at('emptied'),
    ]);
    expect(zeroed.code).toBe(0);
    const budget = await headscope(['plan', model, '--heads', '1', ...text, '--out', at('none.json')]);
    expect(budget.err).toContain('the budget is less than one unit');
    expect(existsSync(at('none.json'))).toBe(false);
  });
});
