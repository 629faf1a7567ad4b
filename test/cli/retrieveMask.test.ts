/** The commands that mask ranked heads and that split KV heads, on models whose heads are known. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../engine/run/index.ts';
import type { MaskPoint } from '../../engine/results/maskPoints.ts';
import { headscope, planted, temporaryFolder } from './headscope.ts';

const needle = fileURLToPath(new URL('../../fixtures/models/planted-needle', import.meta.url));
const tiny = fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url));
const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

interface Written {
  readonly arms: readonly {
    readonly set: string;
    readonly heads: readonly { readonly layer: number; readonly head: number }[];
  }[];
  readonly points: readonly MaskPoint[];
  readonly cells: readonly {
    readonly arm: number;
    readonly cells: readonly { readonly n: number; readonly correct: number }[];
  }[];
  readonly rows: readonly { readonly of: string }[];
  readonly notes: readonly string[];
}

const written = (name: string) => JSON.parse(readFileSync(at(name), 'utf8')) as Written;

/** Prepared runs of the planted task, as others would write them. */
beforeAll(async () => {
  const model = await openModel(needle);
  try {
    const rows = readFileSync(`${needle}/prompts.jsonl`, 'utf8').trim().split('\n').slice(0, 4);
    const runs = rows.map((line, i) => {
      const { text, answer } = JSON.parse(line) as { text: string; answer: string };
      const [ids, [token]] = [model.tokenizer.encode(text), model.tokenizer.encode(answer, { special: false })];
      const from = ids.lastIndexOf(token ?? -1);
      const place = { needle: `n${i % 2}`, length: ids.length + (i % 2), depth: i < 2 ? 0 : 100 };
      return JSON.stringify({ id: `r${i}`, ids, span: [from, from + 1], maxNew: 1, answer: [token], ...place });
    });
    writeFileSync(at('runs.jsonl'), `${runs.join('\n')}\n`);
    const text = rows.map((line) => (JSON.parse(line) as { text: string }).text).join(' ');
    writeFileSync(at('text.txt'), text);
  } finally {
    await model.dispose();
  }
});

const runsOf = (out: string) => ['retrieve-mask', needle, '--runs', at('runs.jsonl'), '--out', at(out)];
const textOf = ['--text', at('text.txt'), '--windows', '2', '--window', '40'];

describe('retrieve-mask', () => {
  it('shows that masking the copy head breaks the answers, that random heads do not, and what happens to text', async () => {
    const heads = 'L1H1,L1H0,L1H2,L0H1,L1H3,L0H3,L0H0,L0H2';
    const masks = ['uniform', 'stream(1,4)'].flatMap((mask) => ['--mask', mask]);
    const { code, out, err } = await headscope([
      ...runsOf('curve.json'),
      ...textOf,
      '--heads',
      heads,
      '--k',
      '0,1',
      '--draws',
      '4',
      ...masks,
    ]);
    expect([code, err]).toEqual([0, expect.stringContaining(`written: ${at('curve.json')}`)]);
    const { points, arms, cells, rows, notes } = written('curve.json');
    expect(arms).toHaveLength(1 + 2 * (1 + 4 + 1));
    expect(rows.map(({ of }) => of)).toEqual(['run', 'run', 'run', 'run', 'text', 'text']);
    const point = (mask: string, set: string, k: number) =>
      points.find((one) => one.mask?.kind === mask && one.set === set && one.k === k);
    expect(points[0]).toMatchObject({ mask: null, accuracy: { mean: 1, n: 4, clusters: 2 } });
    for (const mask of ['uniform', 'stream']) {
      expect([mask, (point(mask, 'top', 1)?.accuracy?.mean ?? 1) <= 0.25]).toEqual([mask, true]);
      expect(point(mask, 'random', 1)).toMatchObject({
        draws: 4,
        accuracy: { mean: 1 },
        spread: { accuracy: [1, 1] },
      });
    }
    expect(point('uniform', 'bottom', 1)).toMatchObject({ draws: 1, spread: null });
    expect(cells.map(({ cells: own }) => own.reduce((sum, { n }) => sum + n, 0))).toEqual([4, 4, 4]);
    expect(notes.join('\n')).toContain("from the prompt's last token on");
    expect(out).toMatch(/none\s+all as they are\s+100\.0 %/);
    expect(out).toMatch(/uniform\s+4 x random 1\s+100\.0 %/);
    expect(out).toContain('The first k minus random k of the same layers:');
    expect(out).toMatch(/Answered, and first choices, all heads as they are:\ndepth/);
  });

  it('takes its ranking from a file of scores, and lets the model write', async () => {
    const scores = Object.fromEntries(
      [0, 1].flatMap((layer) => [0, 1, 2, 3].map((head) => [`${layer}-${head}`, [layer === 1 && head === 1 ? 1 : 0]])),
    );
    writeFileSync(at('scores.json'), JSON.stringify(scores));
    const args = [
      ...runsOf('written.json'),
      ...['--windows', '0'],
      '--ranking',
      at('scores.json'),
      '--k',
      '1',
      '--draws',
      '2',
      '--mode',
      'generate',
      '--scope',
      'all',
    ];
    const { code } = await headscope(args);
    expect(code).toBe(0);
    const { points } = written('written.json');
    const [clean, top, random] = points;
    expect(clean?.accuracy?.mean).toBe(1);
    expect(top?.accuracy?.mean).toBeLessThan(0.5);
    expect(random?.accuracy?.mean).toBe(1);
  });

  it('draws the last of equal heads at random, not from the last layer', async () => {
    // tiny-heads has 4 layers of 8: all but one head are at 0, as in any detection.
    const scores = Object.fromEntries(
      Array.from({ length: 32 }, (_, i) => [`${Math.floor(i / 8)}-${i % 8}`, [i === 9 ? 1 : 0]]),
    );
    writeFileSync(at('zeros.json'), JSON.stringify(scores));
    const ids = Array.from({ length: 12 }, (_, i) => 400 + i);
    writeFileSync(at('short.jsonl'), JSON.stringify({ ids, span: [2, 4], answer: [402, 403], maxNew: 2 }));
    const args = ['retrieve-mask', tiny, '--runs', at('short.jsonl'), '--windows', '0', '--draws', '0', '--k', '6'];
    const ranked = ['--ranking', at('zeros.json'), '--out', at('zeros-curve.json')];
    const { code } = await headscope([...args, ...ranked]);
    expect(code).toBe(0);
    const { arms } = written('zeros-curve.json');
    const bottom = arms.find(({ set }) => set === 'bottom')?.heads ?? [];
    expect(bottom).toHaveLength(6);
    expect(new Set(bottom.map(({ layer }) => layer)).size).toBeGreaterThan(1);
    expect(arms.find(({ set }) => set === 'top')?.heads[0]).toEqual({ layer: 1, head: 1 });
  });

  it('says that a file has no number to rank by', async () => {
    const lists = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`${Math.floor(i / 4)}-${i % 4}`, []]));
    writeFileSync(at('none.json'), JSON.stringify(lists));
    const { code, err } = await headscope([...runsOf('none-curve.json'), '--ranking', at('none.json')]);
    expect([code, err]).toEqual([2, expect.stringContaining('none.json: nothing to rank heads by: expected a number')]);
    expect(err).toContain('none passed the gate of the tool that wrote it');
  });

  it('sets answers at once beside answers after steps, with an example of both', async () => {
    const args = [
      'retrieve-mask',
      tiny,
      '--heads',
      'L2H0',
      '--k',
      '1',
      '--draws',
      '0',
      '--windows',
      '0',
      '--out',
      at('steps.json'),
    ];
    const grid = ['--grid', '300x50', '--needles', 'swans', '--mode', 'generate', '--max-new', '3', '--contrast-steps'];
    const { code, out } = await headscope([...args, ...grid]);
    expect(code).toBe(0);
    const { rows, points } = written('steps.json');
    expect(rows).toMatchObject([{ prompt: 'answer' }, { prompt: 'steps' }]);
    expect(points.map(({ accuracy, stepsAccuracy }) => [accuracy?.n, stepsAccuracy?.n])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(out).toContain('after steps');
    expect(out).toMatch(
      /For example \(answer "feed the swans behind the old mill"\):\n {2}at once, all heads as they are, (right|wrong): "/,
    );
  });

  it('is kept as a run of a project, row by row', async () => {
    const args = [
      ...runsOf('kept.json'),
      ...textOf,
      '--heads',
      'L1H1,L1H0',
      '--k',
      '1',
      '--draws',
      '1',
      '--project',
      at('project'),
    ];
    const { code, err } = await headscope(args);
    expect(code).toBe(0);
    const [, run = ''] = /run: (\S+) in/.exec(err) ?? [];
    const listed = await headscope(['runs', '--project', at('project'), '--json']);
    expect(listed.out).toContain('Masked heads (uniform attention; decoding), runs.jsonl');
    const exported = await headscope([
      'export',
      run,
      '--project',
      at('project'),
      '--format',
      'rows.jsonl',
      '--out',
      at('rows.jsonl'),
    ]);
    expect(exported.code).toBe(0);
    const kinds = readFileSync(at('rows.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual(['start', ...Array.from({ length: 6 }, () => 'row')]);
    const table = ['export', run, '--project', at('project'), '--format', 'csv', '--out', at('points.csv')];
    expect((await headscope(table)).code).toBe(0);
    expect(readFileSync(at('points.csv'), 'utf8')).toMatch(/\nnone,,,decode,none,0,1,1,.*\nuniform,,,decode,top,1,1,/);
  });

  it.each([
    [['--heads', 'L1H1', '--mask', 'loud'], /--mask: expected uniform, zero, mean-query or stream/],
    [['--heads', 'one'], /--heads: expected heads such as/],
    [['--heads', 'L1H1', '--contrast-steps'], /--contrast-steps: expected a grid/],
    [['--heads', 'L1H1', '--window', '999'], /windows of text: expected at most the context of 256/],
    [[], /--ranking|--heads/],
  ])('%j is refused', async (args, reason) => {
    const { code, err } = await headscope([...runsOf('refused.json'), ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(reason);
  });
});

describe('streaming', () => {
  it('keeps the planted induction head, and writes it as RazorAttention does', async () => {
    const args = [
      'streaming',
      planted,
      '--n',
      '2',
      '--length',
      '10',
      '--keep-echo',
      '0',
      '--keep-induction',
      '0.1',
      '--no-prior',
    ];
    const { code, out, err } = await headscope([...args, '--out', at('split.json'), '--razor', at('keep.json')]);
    expect([code, err]).toEqual([0, expect.stringContaining('written:')]);
    expect(JSON.parse(readFileSync(at('keep.json'), 'utf8'))).toEqual({ 1: [1] });
    expect(out).toMatch(/1 of 8 KV heads keep their whole cache; 2 sequences of 41 tokens/);
    expect(out).toMatch(/L1G1\s+(0\.99\d|1\.000).*induction/);
    const split = JSON.parse(readFileSync(at('split.json'), 'utf8')) as { groups: unknown[]; keep: unknown };
    expect(split.groups).toHaveLength(8);
    expect(split.keep).toEqual([[], [1]]);
  });

  it('reads the prior beside it where positions are rotated', async () => {
    const { code, out } = await headscope([
      'streaming',
      tiny,
      '--n',
      '1',
      '--length',
      '20',
      '--text',
      at('text.txt'),
      '--json',
    ]);
    expect(code).toBe(0);
    const { groups } = JSON.parse(out) as { groups: { prior: number }[] };
    expect(groups).toHaveLength(16);
    expect(groups.every(({ prior }) => prior > 0 && prior < 1)).toBe(true);
  });

  it('says where a prior has no meaning', async () => {
    const { code, err } = await headscope(['streaming', planted, '--length', '10']);
    expect([code, err]).toEqual([2, expect.stringContaining('a prior from positions alone')]);
  });
});
