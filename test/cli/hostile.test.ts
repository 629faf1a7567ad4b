/** What a careless or hostile user does: each ends in one clear line, before the work where that can be. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RequestOf, Service } from '../../engine/results/index.ts';
import { main } from '../../engine/service/main.ts';
import { BrokenPipe } from '../../engine/service/output.ts';
import { createService } from '../../engine/service/service.ts';
import { headscope, planted, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const golden = (name: string) => fileURLToPath(new URL(`../../fixtures/golden/${name}`, import.meta.url));

async function expectRefused(argv: readonly string[], message: RegExp): Promise<void> {
  const { code, out, err } = await headscope(argv);
  expect(err).toMatch(message);
  expect(err).toMatch(/^headscope: [^\n]+\n$/);
  expect([code, out]).toEqual([2, '']);
}

describe('arguments that are easily wrong', () => {
  it.each([
    ['an option given twice', ['run', planted, '--ids', '5', '--ids', '6'], /run: --ids is given twice: expected once/],
    ['an empty model', ['info', ''], /info: no model: expected the path of a model, got an empty name/],
    ['an empty model of a task', ['task', '', 'ioi'], /task: no model: .* got an empty name/],
    ['an empty command', [''], /unknown command: .* got an empty name/],
    [
      'an empty output',
      ['capture', planted, '--ids', '5', '--sites', 'z', '--out', ''],
      /capture: --out: expected the name of a file/,
    ],
    [
      'an empty table',
      ['ablate', planted, '--task', 'induction', '--csv', ''],
      /ablate: --csv: expected the name of a file/,
    ],
    ['a model beside --families', ['info', '--families', 'x'], /info: one argument too many: .* got x/],
    ['a folder as prompts', ['ablate', planted, '--prompts', folder], /cannot be read: got a folder/],
    [
      'an option without a value',
      ['task', planted, 'induction', '--option', 'length'],
      /task: --option: expected NAME=VALUE, got length/,
    ],
    [
      'an option of no task',
      ['task', planted, 'induction', '--option', 'size=3'],
      /task induction: unknown option: expected one of length, got size/,
    ],
    [
      'an option out of range',
      ['ablate', planted, '--task', 'induction', '--option', 'length=1'],
      /option length: bad option: expected an integer from 2/,
    ],
    [
      'one setting twice',
      ['task', planted, 'induction', '--option', 'length=4', '--option', 'length=5'],
      /--option given twice: got length/,
    ],
    [
      'a setting without a task',
      ['ablate', planted, '--prompts', golden('index.json'), '--option', 'a=b'],
      /--option belongs to --task/,
    ],
  ])('%s', (_, argv, message) => expectRefused(argv, message));

  it('points at a number that is too large, not behind it', async () => {
    const { err } = await headscope(['run', planted, '--ids', '5', '--edit', 'L0.z*=1e999']);
    expect(err).toMatch(/character 7: expected a number that is finite/);
  });
});

describe('what a model can not do', () => {
  /** The service, and whether it was asked to open the model for long enough to read it. */
  async function opened(argv: readonly string[]) {
    const hosted = createService();
    let loads = 0;
    const open: Service['open'] = async function* open(request: RequestOf<'open'>, options) {
      const stream = hosted.service.open(request, options);
      for (;;) {
        const step = await stream.next();
        if (step.done === true) return step.value;
        loads++;
        yield step.value;
      }
    };
    const ran = await headscope(argv, { service: { ...hosted, service: { ...hosted.service, open } } });
    return { ...ran, loads };
  }

  it.each([
    [
      'a layer of an edit',
      ['run', planted, '--ids', '5', '--edit', 'L7.z=zero'],
      /edit 1 \(z\): layer out of range: expected 0 to 1, got 7/,
    ],
    [
      'a head of an edit',
      ['generate', planted, '--ids', '5', '--edit', 'L0H4.z=zero'],
      /head out of range: expected 0 to 3, got 4/,
    ],
    [
      'heads where there are none',
      ['run', planted, '--ids', '5', '--edit', 'L0H0.residPost=zero'],
      /this site has no head axis/,
    ],
    ['a site that is lacking', ['run', planted, '--ids', '5', '--edit', 'L0.mlpOut=zero'], /no site mlpOut/],
    [
      'a layer to capture',
      ['capture', planted, '--ids', '5', '--sites', 'z', '--layers', '2', '--out', at('l')],
      /layer out of range/,
    ],
    ['a site to capture', ['capture', planted, '--ids', '5', '--sites', 'mlpAct', '--out', at('l')], /no site mlpAct/],
    ['an unknown task', ['ablate', planted, '--task', 'io'], /unknown task/],
  ])('is refused before its weights are read: %s', async (_, argv, message) => {
    const { code, err, loads } = await opened(argv);
    expect(err).toMatch(message);
    expect([code, loads]).toEqual([2, 0]);
  });
});

describe('weights that are no numbers', () => {
  /** A copy of a golden model with one value of one tensor replaced. */
  function spoilt(name: string, tensor: string, value: number): string {
    const path = at(name);
    mkdirSync(path);
    for (const file of ['config.json', 'model.safetensors']) cpSync(join(golden('llama-gqa'), file), join(path, file));
    const weights = readFileSync(join(path, 'model.safetensors'));
    const length = Number(weights.readBigUInt64LE(0));
    const header = JSON.parse(weights.toString('utf8', 8, 8 + length)) as Record<
      string,
      { data_offsets: [number, number] }
    >;
    weights.writeFloatLE(value, 8 + length + (header[tensor]?.data_offsets[0] ?? 0) + 20);
    writeFileSync(join(path, 'model.safetensors'), weights);
    return path;
  }

  const rows = at('rows.jsonl');
  writeFileSync(rows, '{"ids":[1,2,3],"answerId":40,"wrongId":41}\n');

  it.each(['lm_head.weight', 'model.norm.weight'])(
    '%s: are named by the first pass of every command',
    async (tensor) => {
      const path = spoilt(`nan-${tensor}`, tensor, NaN);
      const line = new RegExp(`tensor "${tensor}": value 5 is not finite: expected a number, got NaN`);
      await expectRefused(['run', path, '--ids', '1,2'], line);
      await expectRefused(['capture', path, '--ids', '1,2', '--sites', 'logits', '--out', at('nan')], line);
      await expectRefused(['task', path, 'induction', '--n', '2'], line);
      const generated = await headscope(['generate', path, '--ids', '1,2']);
      expect([generated.code, generated.err]).toEqual([2, expect.stringMatching(line)]);
      const ablated = await headscope(['ablate', path, '--prompts', rows, '--out', at('nan')]);
      expect([ablated.code, ablated.err]).toEqual([2, expect.stringMatching(line)]);
      expect(existsSync(at('nan'))).toBe(false);
    },
  );

  it.each(['lm_head.weight', 'model.layers.1.mlp.up_proj.weight'])(
    '%s: are named where the weights stay in their file',
    async (tensor) => {
      const path = spoilt(`nan-mapped-${tensor}`, tensor, NaN);
      const line = new RegExp(`tensor "${tensor}": value 5 is not finite: expected a number, got NaN`);
      await expectRefused(['run', path, '--ids', '1,2', '--weights', 'mapped'], line);
      await expectRefused(
        ['capture', path, '--ids', '1,2', '--sites', 'logits', '--weights', 'mapped', '--out', at('nan')],
        line,
      );
    },
  );

  it('are named in a row of the embedding too', async () => {
    const path = spoilt('nan-token', 'model.embed_tokens.weight', NaN);
    await expectRefused(['run', path, '--ids', '1,0'], /tensor "model.embed_tokens.weight": value 5/);
  });

  it('are not blamed for an edit that leaves the range of float32', async () => {
    const edits = ['L0.residPost*=1e38', 'L1.residPost*=1e38'].flatMap((edit) => ['--edit', edit]);
    await expectRefused(
      ['run', golden('llama-gqa'), '--ids', '1,2', ...edits],
      /not finite though (every weight is|the weights are)/,
    );
  });
});

describe('output that fails late', () => {
  const ablation = ['ablate', planted, '--task', 'induction', '--n', '2'];

  it.skipIf(!existsSync('/dev/full'))('shows the table where the disk is full (needs /dev/full)', async () => {
    const { code, out, err } = await headscope([...ablation, '--out', '/dev/full', '--csv', at('units.csv')]);
    expect(code).toBe(2);
    expect(out).toContain('L1H1');
    expect(err).toContain(`written: ${at('units.csv')}\n`);
    expect(err).toMatch(/headscope: \/dev\/full: cannot be written: got the disk is full\n$/);
  });

  it('writes the files though no one reads the table', async () => {
    const stdout = { write: () => Promise.reject(new BrokenPipe()) };
    const stderr = { write: async () => undefined, isTerminal: false };
    const { signal } = new AbortController();
    expect(await main([...ablation, '--out', at('unread.json')], { stdout, stderr, signal, debug: false })).toBe(0);
    expect(existsSync(at('unread.json'))).toBe(true);
  });

  it('says that the context is full where generating ends there', async () => {
    const { code, err } = await headscope(['generate', planted, '--ids', '5,6', '--max', '1000']);
    expect(code).toBe(0);
    expect(err).toContain(', the context is full\n');
  });
});

describe('ids beyond the tokenizer, as padded embeddings have them', () => {
  const path = at('padded');
  mkdirSync(path);
  for (const file of ['config.json', 'model.safetensors']) cpSync(join(golden('llama-gqa'), file), join(path, file));
  const vocab = Object.fromEntries(['[UNK]', 'a', 'b', 'c', 'd', 'e'].map((word, id) => [word, id]));
  const tokenizer = { model: { type: 'WordLevel', vocab, unk_token: '[UNK]' }, pre_tokenizer: { type: 'Whitespace' } };
  writeFileSync(join(path, 'tokenizer.json'), JSON.stringify({ version: '1.0', ...tokenizer }));

  it('are shown by number where the model predicts or is given them', async () => {
    const { code, out } = await headscope(['run', path, '--ids', '1,50', '--top', '53']);
    expect(code).toBe(0);
    expect(out).toMatch(/^2 tokens: a\|#50$/m);
    expect(out).toMatch(/ #52 /);
    const { tokens, before } = JSON.parse(
      (await headscope(['run', path, '--ids', '1,50', '--top', '53', '--json'])).out,
    ) as {
      tokens: string[];
      before: { id: number; text: string | null }[];
    };
    expect(tokens).toEqual(['a', '#50']);
    expect(before.find(({ id }) => id === 52)?.text).toBeNull();
    expect(before.find(({ id }) => id === 2)?.text).toBe('b');
  });

  it('do not stop generating', async () => {
    const { code, err } = await headscope(['generate', path, '--ids', '1,50', '--max', '20', '--temperature', '2']);
    expect(code).toBe(0);
    expect(err).toMatch(/^2 \+ \d+ tokens, /);
  });

  it('are named by number in a prompt file', async () => {
    const file = at('padded.jsonl');
    writeFileSync(file, '{"ids":[1,2],"answerId":50,"wrongId":50}\n');
    await expectRefused(
      ['ablate', path, '--prompts', file],
      /line 1, key wrongId: a wrong answer is an answer too: .* got 50/,
    );
  });
});

describe('a prompt file that a metric can not be taken on', () => {
  it('is refused with its name and the prompt', async () => {
    const file = at('unanswered.jsonl');
    writeFileSync(file, '{"ids":[1,2],"answerId":5,"wrongId":6}\n{"ids":[1,2]}\n');
    await expectRefused(['ablate', planted, '--prompts', file], /unanswered\.jsonl, prompt 2: no answer/);
  });
});

describe('settings of a task', () => {
  it('are listed with their defaults', async () => {
    const { out } = await headscope(['task']);
    expect(out).toMatch(/^induction +--option length=10 +2 to 4096 /m);
  });

  it('change the prompts, and heads.json says so', async () => {
    const argv = [
      'ablate',
      planted,
      '--task',
      'induction',
      '--n',
      '2',
      '--option',
      'length=4',
      '--out',
      at('short.json'),
    ];
    expect((await headscope(argv)).code).toBe(0);
    expect(JSON.parse(readFileSync(at('short.json'), 'utf8'))).toMatchObject({
      calibration: [{ n_sequences: 2, seq_len: 8 }],
      metrics: [{ params: { options: { length: '4' } } }, {}],
    });
  });
});
