import { existsSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { digestOf, smallConfig, smallModel, weightsIn, writeChain } from '../train/runs.ts';
import type { Ran, Surroundings } from './headscope.ts';
import { headscope, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const tokenizer = fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url));
writeChain(at('chain.bin'), 2000);

type Fields = Readonly<Record<string, unknown>>;

const { optimiser, schedule, start, model } = smallConfig([]);
const base: Fields = {
  schema: 'headscope-train',
  schema_version: '1.0.0',
  ...smallConfig(['chain.bin'], { stages: [{ steps: 8, rows: 2, length: 8 }], checkpointEvery: 3 }),
};
const generated: Fields = {
  ...base,
  model: { ...model, vocab_size: 2048, max_position_embeddings: 64 },
  tokenizer,
  schedule: { ...schedule, warmup: 1 },
  data: { kind: 'generated', mix: { ioi: 2, repeatedTokens: 1 }, otherWeight: 0.1 },
  stages: [
    { steps: 2, rows: 2, length: 32 },
    { steps: 2, rows: 1, length: 64, mix: { list: 1 } },
  ],
};

let count = 0;

/** Writes the configuration and trains; into a new folder unless one is named. */
async function trained(config: unknown, out = at(`out-${count++}`), surroundings: Surroundings = {}): Promise<Ran> {
  const path = at('config.json');
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
  const ran = await headscope(['train', path, '--out', out, '--every', '1'], surroundings);
  // On a busy machine the progress line comes up.
  return { ...ran, err: ran.err.replace(/^training: .*\n/gm, '') };
}

describe('train', () => {
  it('says what it does, and gives a model that the other commands open', async () => {
    const { code, out, err } = await trained(base, at('model'));
    expect([code, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toBe('20,640 weights, 8 steps');
    expect(lines[1]).toMatch(
      /^step 1 {2}loss \d\.\d{4} {2}gradient \d+\.\d{3} {2}rate \d\.\d\de-\d {2}[\d,]+ tokens\/s$/,
    );
    expect(lines).toHaveLength(10);
    expect(lines[9]).toBe(`8 steps, ${/\d+/.exec(lines[9]?.slice(9) ?? '')?.[0]} s: ${at('model')}`);
    expect(readdirSync(at('model')).toSorted()).toEqual(['config.json', 'model.safetensors', 'training']);
    const info = await headscope(['info', at('model')]);
    expect(info.code).toBe(0);
    expect(info.out).toMatch(/^heads per layer +4, KV groups 2$/m);
  });

  it('given again when it is done, writes the same model', async () => {
    const before = weightsIn(at('model'));
    const { code, out } = await trained(base, at('model'));
    expect([code, out.split('\n')[0]]).toEqual([0, '20,640 weights, 8 steps, going on after step 8']);
    expect(weightsIn(at('model'))).toBe(before);
  });

  it('takes the keys of the configuration in any order', async () => {
    const { code } = await trained(Object.fromEntries(Object.entries(base).toReversed()), at('model'));
    expect(code).toBe(0);
  });

  it('on generated text puts the tokenizer beside the model', async () => {
    const { code, out, err } = await trained(generated, at('generated'));
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^step 4 /m);
    expect(readdirSync(at('generated')).toSorted()).toEqual([
      'config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
      'training',
    ]);
    const ran = await headscope(['run', at('generated'), '--prompt', 'When Mary and John', '--top', '1']);
    expect(ran.code).toBe(0);
  });

  it('stopped by Ctrl-C, goes on where it was', async () => {
    const controller = new AbortController();
    const whole = await trained({ ...base, seed: 5 }, at('never-stopped'));
    expect(whole.code).toBe(0);
    const stopped = await trained({ ...base, seed: 5 }, at('stopped'), {
      signal: controller.signal,
      onOut: (out) => out.includes('step 5 ') && controller.abort(),
    });
    expect([stopped.code, stopped.err]).toEqual([130, 'headscope: cancelled\n']);
    const { code, out } = await trained({ ...base, seed: 5 }, at('stopped'));
    expect([code, out.split('\n')[0]]).toEqual([0, expect.stringMatching(/going on after step [5-7]$/)]);
    expect(weightsIn(at('stopped'))).toBe(weightsIn(at('never-stopped')));
  });
});

/** One line, exit code 2, nothing on standard output. */
function expectRefused({ code, out, err }: Ran, line: RegExp): void {
  expect(err).toMatch(line);
  expect(err).toMatch(/^headscope: [^\n]+\n$/);
  expect([code, out]).toEqual([2, '']);
}

describe('bad input, before anything is written:', () => {
  beforeAll(() => {
    const ids = (...values: readonly number[]) => Buffer.from(Uint16Array.from(values).buffer);
    writeFileSync(at('outside.bin'), ids(1, 2, 31, 32, 5));
    writeFileSync(at('odd.bin'), Buffer.alloc(41));
    writeFileSync(at('short.bin'), ids(...Array<number>(12).fill(1)));
    mkdirSync(at('no-tokenizer'));
  });

  const tokens = (file: string, type = 'uint16') => ({ ...base, data: { kind: 'tokens', files: [file], type } });
  const stage = (fields: Fields) => ({ ...base, stages: [{ steps: 8, rows: 2, length: 8, ...fields }] });
  const text = (fields: Fields) => ({ ...generated, data: { ...(generated['data'] as Fields), ...fields } });

  it.each<readonly [string, unknown, RegExp]>([
    ['no JSON', '{"schema": ', /config\.json: not JSON: expected a training configuration, got /],
    ['another schema', { ...base, schema: 'x' }, /config\.json\.schema: wrong value: expected one of headscope-train/],
    ['an unknown key', { ...base, epochs: 3 }, /config\.json: unknown field: expected no field epochs/],
    [
      'an unknown optimiser',
      { ...base, optimiser: { ...optimiser, kind: 'sgd' } },
      /optimiser\.kind: .* adamW, got "sgd"/,
    ],
    [
      'an unknown optimiser key',
      { ...base, optimiser: { ...optimiser, momentum: 1 } },
      /optimiser: .* no field momentum/,
    ],
    ['a beta of 1', { ...base, optimiser: { ...optimiser, betas: [0.9, 1] } }, /optimiser\.betas\.1: .*below 1, got 1/],
    ['a clip of 0', { ...base, optimiser: { ...optimiser, clip: 0 } }, /optimiser\.clip: .*number above 0, got 0/],
    [
      'an unknown schedule',
      { ...base, schedule: { ...schedule, kind: 'step' } },
      /schedule\.kind: .*constant, got "step"/,
    ],
    ['an unknown schedule key', { ...base, schedule: { ...schedule, decay: 1 } }, /schedule: .* no field decay/],
    [
      'a warm-up past the end',
      { ...base, schedule: { ...schedule, warmup: 9 } },
      /schedule\.warmup: .*at most 8, .* got 9/,
    ],
    ['a negative deviation', { ...base, start: { ...start, embedding: -1 } }, /start\.embedding: .*at least 0, got -1/],
    ['a seed with no room', { ...base, seed: 2 ** 40 }, /seed: .*at most 1000000/],
    ['no rows', stage({ rows: 0 }), /stages\.0\.rows: .*at least 1, got 0/],
    ['no length', stage({ length: -4 }), /stages\.0\.length: .*at least 1, got -4/],
    ['half a step', stage({ steps: 1.5 }), /stages\.0\.steps: .*expected int, got 1\.5/],
    ['rows beyond the context', stage({ length: 33 }), /stages\.0\.length: rows longer than the context: .*32, got 33/],
    ['a mix of token files', stage({ mix: { ioi: 1 } }), /stages\.0\.mix: files of tokens have no kinds/],
    ['a token file that is gone', tokens('gone.bin'), /gone\.bin: cannot be read: got ENOENT/],
    ['ids outside the vocabulary', tokens('outside.bin'), /outside\.bin, id 3: token id .*expected below 32, got 32/],
    ['half an id', tokens('odd.bin'), /odd\.bin: not whole token ids: expected a multiple of 2 bytes, got 41 bytes/],
    ['ids of another width', tokens('chain.bin', 'uint32'), /chain\.bin, id 0: token id outside the vocabulary/],
    ['an unknown type of ids', tokens('chain.bin', 'int8'), /data\.type: .*uint16, uint32, got "int8"/],
    [
      'too few tokens for a later stage',
      { ...tokens('short.bin'), stages: [...(stage({}).stages as []), { steps: 1, rows: 1, length: 12 }] },
      /data, .*short\.bin: too few tokens: expected at least 13 ids, .* got 12/,
    ],
    ['an unknown model', { ...base, model: { ...smallModel, model_type: 'mamba' } }, /mamba/],
    ['an unknown key of the model', { ...base, model: { ...smallModel, n_experts: 2 } }, /n_experts/],
    [
      'a model that reads both ways',
      {
        ...base,
        model: {
          n_layers: 1,
          n_heads: 2,
          d_head: 4,
          d_model: 8,
          d_vocab: 32,
          n_ctx: 16,
          act_fn: 'relu',
          attention_dir: 'bidirectional',
        },
      },
      /^headscope: model: a model that sees the token after each one .*expected causal attention, got bidirectional/,
    ],
    ['an unknown kind of text', text({ mix: { poem: 1 } }), /^headscope: data: unknown kind of text: .*ioi,.*got poem/],
    [
      'an unknown kind of text in a later stage',
      { ...generated, stages: [...(generated['stages'] as []), { steps: 1, rows: 1, length: 8, mix: { poem: 1 } }] },
      /^headscope: stages\.2\.mix: unknown kind of text/,
    ],
    ['no text at all', text({ mix: {} }), /^headscope: data: no text to train on/],
    ['text without a tokenizer', { ...generated, tokenizer: undefined }, /tokenizer: generated text needs a tokenizer/],
    ['a tokenizer that is gone', { ...generated, tokenizer: 'gone' }, /gone: no such file or folder/],
    ['a folder without a tokenizer', { ...generated, tokenizer: 'no-tokenizer' }, /no tokenizer/],
    [
      'a tokenizer with more tokens than the model',
      { ...generated, model: { ...smallModel, vocab_size: 2000 } },
      /the tokenizer disagrees with the model: expected at most 2000 tokens, .* got 2048/,
    ],
  ])('%s', async (_, config, line) => {
    const out = at('refused');
    expectRefused(await trained(config, out), line);
    expect(existsSync(out)).toBe(false);
  });

  it('no configuration, two, one that is gone, no --out, an empty one', async () => {
    const run = (...argv: readonly string[]) => headscope(['train', ...argv]);
    expectRefused(
      await run('--out', 'x'),
      /train: one configuration file is needed: expected CONFIG\.json, got nothing/,
    );
    expectRefused(await run('a', 'b', '--out', 'x'), /expected CONFIG\.json, got a b/);
    expectRefused(await run(at('gone.json'), '--out', 'x'), /gone\.json: cannot be read/);
    expectRefused(await run(at('config.json')), /train: --out is missing/);
    expectRefused(await run(at('config.json'), '--out', ''), /train: --out: .*got an empty name/);
    expectRefused(await run(at('config.json'), '--out', 'x', '--every', '0'), /--every: .*at least 1, got 0/);
  });

  it('text of which nothing counts', async () => {
    // The first words of a sentence are open.
    const config = { ...text({ mix: { ioi: 1 }, otherWeight: 0 }), stages: [{ steps: 1, rows: 1, length: 2 }] };
    const { code, err } = await trained(config);
    expect([code, err]).toEqual([
      2,
      'headscope: step 1: no token of the batch counts in the loss: expected otherWeight above 0\n',
    ]);
  });
});

describe('a folder that holds something else', () => {
  it('is left as it is', async () => {
    mkdirSync(at('mine/training'), { recursive: true });
    writeFileSync(at('mine/training/notes.txt'), 'mine');
    writeFileSync(at('file'), 'mine');
    mkdirSync(at('other'));
    writeFileSync(at('other/model.safetensors'), 'mine');
    for (const name of ['mine', 'other']) {
      expectRefused(await trained(base, at(name)), new RegExp(`${name}: the folder is not empty and no training run`));
    }
    expectRefused(await trained(base, at('file')), /file: cannot be written: got /);
    expect(
      ['mine/training/notes.txt', 'file', 'other/model.safetensors'].map((name) => readFileSync(at(name), 'utf8')),
    ).toEqual(['mine', 'mine', 'mine']);
    expect(readdirSync(at('other'))).toEqual(['model.safetensors']);
  });

  it('is not trained anew where only the checkpoint of its model is gone', async () => {
    mkdirSync(at('old/training'), { recursive: true });
    writeFileSync(at('old/model.safetensors'), 'trained');
    writeFileSync(at('old/training/log.jsonl'), '{"step":1}\n');
    expectRefused(await trained(base, at('old')), /old: the folder holds a model already: expected a new folder/);
    expect(readFileSync(at('old/model.safetensors'), 'utf8')).toBe('trained');
    expect(readFileSync(at('old/training/log.jsonl'), 'utf8')).toBe('{"step":1}\n');
  });
});

describe('a checkpoint', () => {
  const path = () => at('kept/training/checkpoint.safetensors');

  beforeAll(() => trained(base, at('kept')));

  it.each<readonly [string, Fields, RegExp]>([
    ['seed', { seed: 4 }, /checkpoint of another configuration: seed: expected 4, got 3/],
    ['optimiser', { optimiser: { ...optimiser, clip: null } }, /: optimiser\.clip: expected null, got 1/],
    ['stages', { stages: [{ steps: 9, rows: 2, length: 8 }] }, /: stages\.0\.steps: expected 9, got 8/],
    [
      'model',
      { model: { ...smallModel, rms_norm_eps: 1e-6 } },
      /: model\.rms_norm_eps: expected 0\.000001, got 0\.00001/,
    ],
    [
      'model of another size',
      { model: { ...smallModel, hidden_size: 64 } },
      /: model\.hidden_size: expected 64, got 32/,
    ],
    [
      'a key that is new',
      { model: { ...smallModel, bos_token_id: 0 } },
      /: model\.bos_token_id: expected 0, got no such key/,
    ],
  ])('of another configuration is refused by the key: %s', async (_, changes, line) => {
    const before = digestOf(path());
    expectRefused(await trained({ ...base, ...changes }, at('kept')), line);
    expect(digestOf(path())).toBe(before);
  });

  it('goes on where its text was moved to another place', async () => {
    writeFileSync(at('moved.bin'), readFileSync(at('chain.bin')));
    const data = { kind: 'tokens', files: ['moved.bin'], type: 'uint16' };
    const { code, out } = await trained({ ...base, data }, at('kept'));
    expect([code, out.split('\n')[0]]).toEqual([0, '20,640 weights, 8 steps, going on after step 8']);
  });

  it('of another text is refused', async () => {
    const before = digestOf(path());
    const chain = readFileSync(at('chain.bin'));
    // One id of a thousand.
    writeFileSync(at('chain.bin'), Buffer.concat([chain.subarray(0, 2), Buffer.of(31, 0), chain.subarray(4)]));
    expectRefused(
      await trained(base, at('kept')),
      /checkpoint of another text: expected [0-9a-f]{12}, got [0-9a-f]{12}/,
    );
    writeFileSync(at('chain.bin'), chain);
    expect(digestOf(path())).toBe(before);
    expect((await trained(base, at('kept'))).code).toBe(0);
  });

  it('of text by another tokenizer is refused', async () => {
    mkdirSync(at('tokenizer'));
    const copy = (name: string, change: (text: string) => string) =>
      writeFileSync(at(`tokenizer/${name}`), change(readFileSync(join(tokenizer, name), 'utf8')));
    copy('tokenizer_config.json', (text) => text);
    copy('tokenizer.json', (text) => text);
    const config = { ...generated, tokenizer: 'tokenizer' };
    expect((await trained(config, at('retold'))).code).toBe(0);
    copy('tokenizer.json', (text) => {
      const parsed = JSON.parse(text) as { readonly model: { readonly merges: readonly unknown[] } };
      return JSON.stringify({ ...parsed, model: { ...parsed.model, merges: parsed.model.merges.slice(0, 200) } });
    });
    expectRefused(await trained(config, at('retold')), /checkpoint of another text/);
  });

  it('that is damaged is refused, and left for who wants to look at it', async () => {
    const whole = readFileSync(path());
    const size = whole.length;
    const damaged: readonly (readonly [string, () => void, RegExp])[] = [
      ['cut', () => truncateSync(path(), size - 100), /checkpoint\.safetensors: tensor "second\.\S+": data_offsets/],
      ['cut short', () => truncateSync(path(), 5), /checkpoint\.safetensors: not a safetensors file/],
      [
        'another file',
        () => writeFileSync(path(), 'GGUF, or so it says'),
        /checkpoint\.safetensors: not a safetensors/,
      ],
      [
        'no step',
        () => writeFileSync(path(), replaced(whole, '"step":"8"', '"stop":"8"')),
        /not a training checkpoint/,
      ],
      [
        'no numbers',
        () => writeFileSync(path(), Buffer.concat([whole.subarray(0, -400), Buffer.alloc(400, 255)])),
        /second\.\S+: .*NaN/,
      ],
    ];
    for (const [what, damage, line] of damaged) {
      damage();
      const before = digestOf(path());
      const ran = await trained(base, at('kept'));
      expect(ran.err, what).toMatch(line);
      expectRefused(ran, line);
      expect(digestOf(path()), what).toBe(before);
      writeFileSync(path(), whole);
    }
    expect((await trained(base, at('kept'))).code).toBe(0);
  });

  function replaced(bytes: Buffer, from: string, to: string): Buffer {
    const copy = Buffer.from(bytes);
    const place = copy.indexOf(from);
    expect(place).toBeGreaterThan(0);
    copy.write(to, place, 'latin1');
    return copy;
  }
});
