/** Commands whose work is kept as a run of a project. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { RunStore } from '../../engine/service/runs/runStore.ts';
import { headscope, planted, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
const tiny = fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url));
// The models that are opened are not the user's.
process.env['XDG_DATA_HOME'] = folder;
const at = (name: string) => join(folder, name);
const task = [planted, '--task', 'induction', '--n', '8', '--json'];

describe('a command with --project', () => {
  it.each([
    ['ablate', []],
    ['attribute', ['--method', 'gradxact']],
    ['scores', []],
  ])('%s prints what it prints without, and is a run on disk', async (name, more) => {
    const project = at(name);
    const plain = await headscope([name, ...task, ...more]);
    const kept = await headscope([name, relative('.', planted), ...task.slice(1), ...more, '--project', project]);
    expect([plain.code, kept.code]).toEqual([0, 0]);
    expect(withoutTimes(kept.out)).toEqual(withoutTimes(plain.out));
    const [, id = ''] = /^run: (\S+) in /.exec(kept.err) ?? [];
    const { runs } = await (await RunStore.open(project)).list();
    expect(runs).toMatchObject([{ id, call: name, state: 'done', model: { path: planted } }]);
    const record: unknown = JSON.parse(readFileSync(join(project, 'runs', id, 'run.json'), 'utf8'));
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(record).toMatchObject({ fingerprint: hash, tokenizer: hash, job: { request: { model: planted } } });
    expect(readFileSync(join(project, 'runs', id, 'rows.jsonl'), 'utf8').split('\n').length).toBeGreaterThan(8);
  });

  it('keeps what is done when it is cancelled', async () => {
    const project = at('cancelled');
    const controller = new AbortController();
    const { code } = await headscope(['ablate', tiny, '--task', 'ioi', '--n', '64', '--project', project], {
      signal: controller.signal,
      onOut: () => controller.abort(),
    });
    expect(code).toBe(130);
    const { runs } = await (await RunStore.open(project)).list();
    expect(runs).toMatchObject([{ call: 'ablate', state: 'cancelled' }]);
  });

  it('fails as it does without', async () => {
    const args = ['ablate', planted, '--task', 'none', '--project', at('failed')];
    const { code, err } = await headscope(args);
    expect([code, err]).toEqual([2, expect.stringMatching(/^headscope: [^\n]+\n$/)]);
  });
});

function withoutTimes(text: string): unknown {
  const times = new Set(['seconds', 'created', 'created_at', 'wall_seconds']);
  return JSON.parse(text, (key, value: unknown) => (times.has(key) ? null : value));
}
