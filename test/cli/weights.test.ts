/** The commands that read weights, direct logits and likeness of heads. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { weightScoreIds } from '../../engine/scores/weights/list.ts';
import { RunStore } from '../../engine/service/runs/runStore.ts';
import { headscope, planted, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
const inFolder = (name: string) => join(folder, name);
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const ioi = fixture('models/planted-ioi');
// The models that are opened are not the user's.
process.env['XDG_DATA_HOME'] = folder;

interface Head {
  readonly layer: number;
  readonly head: number;
  readonly values: Readonly<Record<string, { readonly mean: number; readonly n: number }>>;
}

async function json<T>(...argv: string[]): Promise<T> {
  const { code, out } = await headscope([...argv, '--json']);
  expect(code).toBe(0);
  return JSON.parse(out) as T;
}

/** A run of the project, and what its rows are. */
async function runOf(
  project: string,
): Promise<{ readonly call: string; readonly state: string; readonly rows: string[] }> {
  const { runs } = await (await RunStore.open(project)).list();
  const [run] = runs;
  if (run === undefined) throw new RangeError('no run');
  const rows = readFileSync(join(project, 'runs', run.id, 'rows.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return { call: run.call, state: run.state, rows };
}

describe('weights', () => {
  it('shows the planted heads first, and says what was done with norms and biases', async () => {
    const { code, out, err } = await headscope(['weights', planted, '--top', '1']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^weights of 8 heads; 62 of 62 ordinary tokens, .* not importance/);
    expect(out).toMatch(/^- biases are left out$/m);
    for (const id of weightScoreIds) expect(out).toContain(`\n${id}: `);
    expect(out).toMatch(/^L1H1 +1\.000 +exact$/m);
    expect(out).toMatch(/^L0H2 +1\.000 +exact$/m);
  });

  it('as a run gives what it gives without', async () => {
    const project = inFolder('weights');
    const plain = await json<{ readonly heads: readonly Head[] }>('weights', planted, '--tokens', '20');
    const kept = await json<{ readonly heads: readonly Head[] }>(
      'weights',
      planted,
      '--tokens',
      '20',
      '--project',
      project,
    );
    expect(plain.heads).toHaveLength(8);
    expect(kept.heads).toEqual(plain.heads);
    expect(plain.heads[0]?.values['tokenCopying']?.n).toBe(20);
    const { call, state, rows } = await runOf(project);
    expect([call, state, rows.length]).toEqual(['weightScores', 'done', 9]);
  });

  it('says which scores there are, and why a model has none', async () => {
    const unknown = await headscope(['weights', planted, '--scores', 'copying']);
    expect([unknown.code, unknown.out]).toEqual([2, '']);
    expect(unknown.err).toContain('ovCopying, tokenCopying');
    const post = fixture('golden/opt-after');
    const refused = await headscope(['weights', post, '--scores', 'ovCopying']);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/not defined for this model.*normed after each addition/);
    const { code, out } = await headscope(['weights', post]);
    expect(code).toBe(0);
    expect(out).toMatch(/^not read: ovCopying \(.*normed after each addition/m);
  });
});

describe('composition', () => {
  it('shows the planted pair first, beside what random matrices have', async () => {
    const { code, out } = await headscope(['composition', planted, '--input', 'k', '--top', '2']);
    expect(code).toBe(0);
    expect(out).toMatch(/^16 pairs of heads, .*; turned at random: 0\.0833$/m);
    expect(out).toMatch(/K-composition, highest:\n.*\nL0H2 +L1H1 +0\.1\d+/);
    expect(out).not.toContain('Q-composition');
  });

  it('gives pairs as JSON', async () => {
    interface Found {
      readonly pairs: number;
      readonly top: Readonly<Record<'q' | 'k' | 'v', readonly { readonly writer: string; readonly reader: string }[]>>;
    }
    const { pairs, top } = await json<Found>('composition', planted, '--top', '3');
    expect(pairs).toBe(16);
    expect(top.k[0]).toMatchObject({ writer: 'L0H2', reader: 'L1H1' });
    expect([top.q.length, top.v.length]).toEqual([3, 3]);
  });
});

describe('dla', () => {
  it('splits the logit difference as it is written down', async () => {
    const { code, out } = await headscope(['dla', ioi, '--task', 'ioi', '--n', '8', '--top', '1']);
    expect(code).toBe(0);
    expect(out).toMatch(/^logit difference: \+12\.000; all parts sum to it within \d\.\de-\d+$/m);
    expect(out).toMatch(/^L2H0 +\+16\.000 .* 8$/m);
    expect(out).toMatch(/^L3H3 +-4\.000 /m);
    expect(out).toMatch(/^all heads +\+12\.000$/m);
  });

  it('as a run gives what it gives without', async () => {
    const project = inFolder('dla');
    const argv = ['dla', ioi, '--task', 'ioi', '--n', '4'];
    interface Found {
      readonly heads: readonly Head[];
      readonly total: { readonly residue: number };
    }
    const [plain, kept] = [await json<Found>(...argv), await json<Found>(...argv, '--project', project)];
    expect(kept.heads).toEqual(plain.heads);
    expect(kept.total).toEqual(plain.total);
    const { call, state, rows } = await runOf(project);
    // A header, 16 heads, four layers and the total.
    expect([call, state, rows.length]).toEqual(['directLogits', 'done', 22]);
  });

  it('needs wrong answers', async () => {
    const file = inFolder('answers.jsonl');
    writeFileSync(file, '{"ids":[1,2,3],"answerId":4}\n');
    const { code, err } = await headscope(['dla', ioi, '--prompts', file]);
    expect(code).toBe(2);
    expect(err).toContain('wrong for logitDifference');
  });
});

describe('map', () => {
  it('lists every head with its places and those most like it', async () => {
    const { code, out } = await headscope(['map', planted, '--n', '2', '--neighbours', '3']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^8 heads by pattern on 2 prompts \(repeated random tokens\), .*; PCA keeps [\d.]+ % and [\d.]+ %$/m,
    );
    expect([...out.matchAll(/^L\dH\d .*, L\dH\d -?\d\.\d\d$/gm)]).toHaveLength(8);
  });

  it('refuses what its prompts do not have', async () => {
    const option = await headscope(['map', planted, '--option', 'pairs=2']);
    expect([option.code, option.err]).toEqual([2, expect.stringContaining('--option belongs to --task')]);
    const distance = await headscope(['map', planted, '--min-distance', '2']);
    expect([distance.code, distance.err]).toEqual([2, expect.stringContaining('a number from 0 to 1')]);
  });

  it('gives the same for the same seed, as JSON', async () => {
    interface Found {
      readonly map: readonly {
        readonly head: string;
        readonly umap: readonly number[] | null;
        readonly nearest: unknown[];
      }[];
    }
    const argv = ['map', ioi, '--by', 'write', '--task', 'ioi', '--n', '2', '--neighbours', '4'];
    const [one, again] = [await json<Found>(...argv), await json<Found>(...argv)];
    expect(one.map).toEqual(again.map);
    expect(one.map).toHaveLength(16);
    expect(one.map[0]).toMatchObject({ head: 'L0H0', umap: [expect.any(Number), expect.any(Number)] });
    expect(one.map[0]?.nearest).toHaveLength(4);
  });
});
