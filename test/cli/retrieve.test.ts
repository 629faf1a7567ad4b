import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../engine/files/tokenizer/index.ts';
import { createTokenizer } from '../../engine/files/tokenizer/index.ts';
import { openModelFiles } from '../../engine/files/open.ts';
import type { HostedService } from '../../engine/service/service.ts';
import { createService } from '../../engine/service/service.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { headscope, temporaryFolder } from './headscope.ts';

const model = (name: string) => fileURLToPath(new URL(`../../fixtures/models/${name}`, import.meta.url));
const folder = temporaryFolder();
let files = 0;
const fresh = (name = 'scores') => join(folder, `${name}-${files++}.json`);

interface Envelope {
  readonly meta: Readonly<Record<string, unknown>> & { readonly trials: readonly Readonly<Record<string, unknown>>[] };
  readonly scores: Readonly<Record<string, readonly number[]>>;
  readonly capped: Readonly<Record<string, readonly number[]>>;
  readonly trial_ids: readonly string[];
  readonly confidence_intervals: Readonly<Record<string, readonly number[]>>;
}

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Envelope;

let tokenizer: Tokenizer;
beforeAll(async () => {
  const { tokenizer: source, config } = await openModelFiles(model('planted-needle'));
  tokenizer = createTokenizer(source, config);
});

/** A prompt of the planted model with the marked word at [6, 7), as others prepare it. */
function row(marked: string, more: Readonly<Record<string, unknown>> = {}) {
  const text = `river stone cloud horse secret ${marked} table green lamp bread winter silver recall`;
  return { ids: tokenizer.encode(text), span: [6, 7], maxNew: 1, needle: marked, ...more };
}

function rowsFile(...rows: readonly unknown[]): string {
  const path = join(folder, `runs-${files++}.jsonl`);
  writeFileSync(path, rows.map((one) => `${JSON.stringify(one)}\n`).join(''));
  return path;
}

const retrieve = (...argv: string[]) => headscope(['retrieve', ...argv]);
const prepared = (path: string, ...more: string[]) => retrieve(model('planted-needle'), '--runs', path, ...more);

describe('prepared runs', () => {
  it('give the LOCOS envelope: one legacy score a run and head, capped beside it', async () => {
    const out = fresh();
    const { code, out: shown, err } = await prepared(rowsFile(row('ocean'), row('apple')), '--out', out);
    expect([code, err.split('\n').at(-2)]).toEqual([0, `written: ${out}`]);
    expect(shown).toMatch(/^copy scores of 8 heads over 2 runs of 2 needles \(2 of 2 passed\)/);
    expect(shown).toMatch(/^L1H1 +1\.000 +\[1\.000, 1\.000\] +0\.000 +1\.000 +100\.0 % +2$/m);
    const file = read(out);
    const heads = ['0-0', '0-1', '0-2', '0-3', '1-0', '1-1', '1-2', '1-3'];
    expect(Object.keys(file.scores)).toEqual(heads);
    expect(file.scores).toEqual(Object.fromEntries(heads.map((head) => [head, head === '1-1' ? [1, 1] : [0, 0]])));
    expect(file.capped).toEqual(file.scores);
    expect(file.trial_ids).toEqual(['row-1', 'row-2']);
    expect(file.confidence_intervals['1-1']).toEqual([1, 1]);
    expect(file.meta).toMatchObject({
      method: 'behavioral',
      num_trials_passed: 2,
      num_trials_total: 2,
      mode: 'generate',
    });
  });

  it('have no gate without an answer, and leave out the runs that fail with one', async () => {
    const out = fresh();
    const rows = rowsFile(row('ocean'), row('apple', { answer: 'apple' }), row('river', { answer: 'bridge mirror' }));
    expect((await prepared(rows, '--out', out)).code).toBe(0);
    const { meta, trial_ids } = read(out);
    expect(trial_ids).toEqual(['row-1', 'row-2']);
    expect(meta.trials.map(({ success, response }) => [success, response])).toEqual([
      [null, 'ocean'],
      [true, 'apple'],
      [false, 'river'],
    ]);
  });

  it('that are bad are left out with a warning, and named in the file', async () => {
    const out = fresh();
    const rows = rowsFile(row('ocean', { answer: 'ocean' }), { ids: [4, 5] }, row('apple'));
    const { code, err } = await prepared(rows, '--mode', 'forced', '--out', out);
    expect(code).toBe(0);
    expect(err).toMatch(/^warning: 2 runs of the file were left out: .*, line 2: no span: expected span/m);
    const { trial_ids, meta } = read(out);
    expect(trial_ids).toEqual(['row-1']);
    expect(meta['left_out']).toMatchObject([
      { needle: 'row-2', length: null, depth: null },
      { needle: 'apple', reason: expect.stringMatching(/^row-3: no answer to give/) as string },
    ]);
  });

  it('give forced scores with a warning where none passes, never an empty file', async () => {
    const out = fresh();
    const rows = rowsFile(row('ocean', { answer: 'bridge mirror', maxNew: 2 }));
    const { code, err } = await prepared(rows, '--out', out);
    expect(code).toBe(0);
    expect(err).toMatch(/^warning: none of 1 runs passed the gate: .* answer given \(forced mode\)$/m);
    const { scores, meta } = read(out);
    expect(scores['1-1']).toHaveLength(1);
    expect(meta).toMatchObject({ num_trials_passed: 0, num_trials_total: 1, pooled_ans_steps: 2, mode: 'forced' });
    expect(meta).toMatchObject({ mode: 'forced' });
    expect(meta.trials.map(({ mode, counts }) => [mode, counts])).toEqual([
      ['generate', false],
      ['forced', true],
    ]);
  });

  it('write other scores to files of their own', async () => {
    const out = fresh();
    const rows = rowsFile(row('ocean', { answer: 'ocean' }));
    const { code, out: shown } = await prepared(rows, '--mode', 'forced', '--scores', 'locos,spatial', '--out', out);
    expect(code).toBe(0);
    expect(shown).toMatch(/Logit contribution\nhead +score .*\nL1H1 +12\.00/);
    const locos = read(out.replace('.json', '.locos.json'));
    expect(locos.meta['method']).toBe('logit_contribution');
    expect(locos.scores['1-1']?.[0]).toBeCloseTo(12, 2);
    expect(read(out.replace('.json', '.spatial.json')).scores['1-1']?.[0]).toBeCloseTo(1, 3);
    // One run says nothing of its spread.
    expect(shown).toMatch(/^L1H1 +12\.00\d\d +unknown +1$/m);
    expect(locos.confidence_intervals).toBeUndefined();
    expect(locos.meta).toMatchObject({ num_trials_passed: 1, pooled_ans_steps: 1 });
  });

  it('write what is measured once for all runs too, and no file of what no run has', async () => {
    const out = fresh();
    const argv = ['--scores', 'keyValue,questionFocus', '--out', out];
    const runs = rowsFile({ ids: [5, 6, 7, 5], span: [1, 2], maxNew: 1 });
    const { code, err } = await retrieve(model('tiny-heads'), '--runs', runs, ...argv);
    expect(code).toBe(0);
    expect(err).toMatch(/^warning: questionFocus was read on no run that counts: no file of it$/m);
    expect(existsSync(out.replace('.json', '.questionFocus.json'))).toBe(false);
    const { meta, scores, confidence_intervals: intervals, trial_ids } = read(out.replace('.json', '.keyValue.json'));
    expect(meta).toMatchObject({ method: 'key_value', dataset: 'keyValue', num_trials_total: 32 });
    expect([trial_ids, Object.keys(scores).length]).toEqual([['mean'], 32]);
    // tiny-heads looks values up with heads of layer 1: without them answers are lost.
    const best = Math.max(...Object.values(scores).map(([mean]) => mean ?? NaN));
    const [head = ''] = Object.entries(scores).find(([, [mean]]) => mean === best) ?? [];
    expect([head[0], best > 0.5]).toEqual(['1', true]);
    expect(intervals[head]?.[0]).toBeGreaterThan(0.3);
  });
});

describe('Ctrl-C', () => {
  it('keeps the runs that are done, and says how many', async () => {
    const stop = new AbortController();
    const hosted = createService();
    const service: HostedService['service'] = {
      ...hosted.service,
      async *retrieve(request, options) {
        let done = 0;
        const stream = hosted.service.retrieve(request, options);
        try {
          for (;;) {
            const step = await stream.next();
            if (step.done === true) return step.value;
            yield step.value;
            if (step.value.kind === 'run' && ++done === 2) stop.abort();
          }
        } finally {
          // The model is released with it.
          await stream.return(undefined as never);
        }
      },
    };
    const out = fresh();
    const argv = ['retrieve', model('planted-needle'), '--runs', rowsFile(row('ocean'), row('apple'), row('river'))];
    const surroundings = { signal: stop.signal, service: { ...hosted, service } };
    const { code, err } = await headscope([...argv, '--out', out], surroundings);
    expect(code).not.toBe(0);
    expect(err).toMatch(/^warning: cancelled after 2 of 3 runs$/m);
    expect(read(out).scores['1-1']).toEqual([1, 1]);
  });
});

describe('an error on the way', () => {
  it('keeps the runs that are done, and says what ended them', async () => {
    const hosted = createService();
    const service: HostedService['service'] = {
      ...hosted.service,
      async *retrieve(request, options) {
        const stream = hosted.service.retrieve(request, options);
        try {
          for (;;) {
            const step = await stream.next();
            if (step.done === true) return step.value;
            yield step.value;
            if (step.value.kind === 'run') throw new Fault({ what: 'the stream is not finite', where: 'layer 1' });
          }
        } finally {
          await stream.return(undefined as never);
        }
      },
    };
    const out = fresh();
    const argv = ['retrieve', model('planted-needle'), '--runs', rowsFile(row('ocean'), row('apple')), '--out', out];
    const { code, err } = await headscope(argv, { service: { ...hosted, service } });
    expect(code).not.toBe(0);
    expect(err).toMatch(/^warning: ended by an error \(layer 1: the stream is not finite\) after 1 of 2 runs$/m);
    expect(read(out).scores['1-1']).toEqual([1]);
  });
});

describe('a grid', () => {
  const tiny = (...more: string[]) => retrieve(model('tiny-heads'), '--needles', 'swans,key', ...more);

  it('of needles in a folder of texts', async () => {
    const texts = join(folder, 'texts');
    mkdirSync(texts);
    const text = Array.from({ length: 60 }, (_, i) => `On page ${i} the road to the mill is closed.`).join(' ');
    writeFileSync(join(texts, 'a.txt'), text);
    const out = fresh();
    const argv = ['--grid', '150,180x0,100', '--haystack', texts, '--mode', 'forced', '--out', out];
    const { code, err } = await tiny(...argv);
    expect(code).toBe(0);
    expect(err).toMatch(/warning: 2 needles: the text of the needle varies scores most/);
    const { meta, trial_ids } = read(out);
    expect([...trial_ids].sort()).toEqual(
      ['key', 'swans'].flatMap((needle) => ['150-0', '150-100', '180-0', '180-100'].map((cell) => `${needle}-${cell}`)),
    );
    expect(meta).toMatchObject({ dataset: 'texts', num_lengths: 2, num_depths: 2, template: 'plain' });
  });

  it('is shown before it runs, the needle marked', async () => {
    const { code, out } = await tiny('--grid', '150x50', '--preview');
    expect(code).toBe(0);
    expect(out).toMatch(/^2 runs, about .*; the first is (swans|key)-150-50, 1[1-5]\d tokens:$/m);
    expect(out).toMatch(/\[ feed the swans behind the old mill\]|\[ inside a blue teapot on the third shelf\]/);
  });

  it('leaves out the cells that no run can be made of, and says so', async () => {
    const out = fresh();
    const { code, err } = await tiny('--grid', '20,150x0', '--mode', 'forced', '--out', out);
    expect(code).toBe(0);
    expect(err).toMatch(/warning: 2 runs of the grid were left out: .*the needle is longer than the length/);
  });
});

describe('bad input', () => {
  it.each([
    [[model('planted-needle')], /--out is missing/],
    [
      [model('tiny-heads'), '--grid', '512', '--out', 'x.json'],
      /--grid: expected lengths in tokens, x, depths in percent: .*, got 512/,
    ],
    [[model('tiny-heads'), '--grid', '512x101', '--out', 'x.json'], /--grid: expected/],
    [[model('tiny-heads'), '--grid', '20x0', '--out', 'x.json'], /the needle is longer than the length/],
    [[model('tiny-heads'), '--grid', '5000x0', '--out', 'x.json'], /longer than the context/],
    [
      [model('tiny-heads'), '--needles', 'thread', '--out', 'x.json'],
      /unknown needle: expected one of swans, .*got thread/,
    ],
    [[model('tiny-heads'), '--template', 'chat', '--out', 'x.json'], /no chat template/],
    [
      [model('tiny-heads'), '--scores', 'best', '--out', 'x.json'],
      /unknown retrieval score: expected one of locos, .*got best/,
    ],
    [
      [model('tiny-heads'), '--prompt', 'steps', '--mode', 'forced', '--out', 'x.json'],
      /a forced answer leaves no room for steps/,
    ],
    [[model('tiny-heads'), '--haystack', '/no/such/folder', '--out', 'x.json'], /no\/such\/folder: cannot be read/],
    [[model('tiny-heads'), '--runs', '/no/such/file', '--out', 'x.json'], /no\/such\/file: cannot be read/],
  ])('%j ends with a clear line', async (argv, message) => {
    const { code, out, err } = await retrieve(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err.trim().split('\n').length).toBe(1);
  });

  it('in a row names its line and key', async () => {
    const { err } = await prepared(rowsFile(row('ocean'), { ids: [0, 4] }), '--out', fresh());
    expect(err).toMatch(/line 2: no span: expected span: \[from, to\)/);
    const grid = await prepared(rowsFile(row('ocean')), '--grid', '512x0', '--out', fresh());
    expect(grid.err).toMatch(/--grid does not go with --runs/);
    const forced = await prepared(rowsFile(row('ocean')), '--mode', 'forced', '--out', fresh());
    expect(forced.err).toMatch(/row-1: no answer to give: expected an answer, or generate mode/);
  });

  it('never writes over a file', async () => {
    const out = fresh();
    writeFileSync(out, 'mine');
    const { code, err } = await prepared(rowsFile(row('ocean')), '--out', out);
    expect(code).toBe(2);
    expect(err).toMatch(/the file exists already/);
    expect(readFileSync(out, 'utf8')).toBe('mine');
  });
});
