import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import { headscope, planted, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

/** One line on standard error, nothing on standard output, exit code 2. */
async function expectRefused(argv: readonly string[], message: RegExp): Promise<void> {
  const { code, out, err } = await headscope(argv);
  expect(err).toMatch(message);
  expect(err).toMatch(/^headscope: [^\n]+\n$/);
  expect([code, out]).toEqual([2, '']);
  expect(err).not.toMatch(/\n\s+at |Error:/);
}

const run = (...more: string[]) => ['run', planted, ...more];
const many = Array.from({ length: 65 }, () => '5').join(',');

describe('arguments', () => {
  it.each([
    ['an unknown command', ['ablat'], /unknown command: expected info, .*run, .*, got ablat/],
    ['a command named like a property of every object', ['constructor'], /unknown command/],
    ['an unknown option', run('--ids', '5', '--tpo', '3'), /run: Unknown option '--tpo'/],
    ['an option without its value', run('--ids'), /run: Option '--ids/],
    ['no model', ['info'], /info: no model: expected the path of a model/],
    ['two models', ['info', 'a', 'b'], /info: one argument too many/],
    ['no prompt', run(), /run: one of --prompt, --ids is needed/],
    ['two prompts', run('--ids', '5', '--prompt', 'a'), /run: only one of --prompt, --ids: got --prompt and --ids/],
    [
      'a number that is none',
      run('--ids', '5', '--top', 'ten'),
      /run: --top: expected an integer from 1 to 1000, got ten/,
    ],
    ['a number out of range', run('--ids', '5', '--top', '0'), /run: --top: expected an integer from 1 to 1000, got 0/],
    [
      'a negative temperature',
      ['generate', planted, '--ids', '5', '--temperature', '-1'],
      /generate: --temperature: expected a number of at least 0, got -1/,
    ],
    [
      'an unknown way of holding weights',
      run('--ids', '5', '--weights', 'int3'),
      /run: --weights: expected one of auto, float32, quantised, mapped, got int3/,
    ],
    ['ids that are none', run('--ids', '5,x'), /run: --ids: expected token ids such as 1,2,3, got x/],
    [
      'layers that are none',
      ['capture', planted, '--ids', '5', '--sites', 'z', '--layers', '3-1', '--out', at('x')],
      /capture: --layers: expected numbers and ranges such as 0-3,7, got 3-1/,
    ],
    [
      'an unknown site',
      ['capture', planted, '--ids', '5', '--sites', 'zed', '--out', at('x')],
      /capture: unknown site: expected embed, .*, got zed/,
    ],
    [
      'an unknown kind of ablation',
      ['ablate', planted, '--task', 'induction', '--kind', 'maim'],
      /ablate: --kind: expected one of zero, mean, resample, got maim/,
    ],
    [
      'a reference where nothing is averaged',
      ['ablate', planted, '--task', 'induction', '--reference', 'x'],
      /--reference and --align belong to --kind mean: got --kind zero/,
    ],
    [
      'a merge without a file to write',
      ['ablate', planted, '--task', 'induction', '--into', 'x'],
      /--into needs --out/,
    ],
    ['an unknown task', ['task', planted, 'juggling'], /unknown task: expected one of ioi, .*, got juggling/],
    ['a repository that is none', ['pull', 'only-a-name'], /pull: no repository: expected OWNER\/NAME/],
  ])('%s', async (_, argv, message) => expectRefused(argv, message));
});

describe('prompts', () => {
  const file = (name: string, text: string) => {
    writeFileSync(at(name), text);
    return ['ablate', planted, '--prompts', at(name)];
  };
  const good = '{"ids":[5,6,7],"answerId":7,"wrongId":8}\n';

  it.each([
    ['empty', run('--prompt', ''), /empty prompt: expected at least one token/],
    [
      'longer than the context',
      run('--ids', many),
      /prompt longer than the context: expected at most 64 tokens, got 65/,
    ],
    [
      'with an id outside the vocabulary',
      run('--ids', '5,64'),
      /position 1: token id outside the vocabulary: expected an integer in \[0, 64\), got 64/,
    ],
    [
      'in a file that is not there',
      ['ablate', planted, '--prompts', at('none.jsonl')],
      /none\.jsonl: cannot be read: got no such file or directory \(ENOENT\)/,
    ],
    ['in a folder', ['ablate', planted, '--prompts', folder], /cannot be read: got a folder/],
    [
      'in a file with a bad line 37',
      file('bad37.jsonl', good.repeat(36) + '{"ids":[5,\n' + good),
      /bad37\.jsonl, line 37: bad JSON/,
    ],
    ['in a file with an unknown key', file('key.jsonl', '{"ids":[5],"anwser":"x"}\n'), /key\.jsonl, line 1/],
    ['in an empty file', file('empty.jsonl', '\n\n'), /empty\.jsonl: no prompts/],
    [
      'without wrong answers for a difference',
      file('noWrong.jsonl', '{"ids":[5,6],"answerId":7}\n'),
      /prompt 1: no wrong: expected wrong for logitDifference/,
    ],
    [
      'without a corrupted one to resample from',
      [...file('noCorrupt.jsonl', good), '--kind', 'resample'],
      /prompt 1: resample needs a corrupt prompt/,
    ],
    [
      'of unequal length for a mean',
      [...file('unequal.jsonl', good + '{"ids":[5,6],"answerId":7,"wrongId":8}\n'), '--kind', 'mean'],
      /a mean per position needs prompts of one length: expected .*--align end.*, got 2 to 3 tokens/,
    ],
  ])('%s', async (_, argv, message) => expectRefused(argv, message));

  it('in a file that is no text', async () => {
    writeFileSync(at('bytes.jsonl'), Uint8Array.of(0x7b, 0xff, 0xfe));
    await expectRefused(['ablate', planted, '--prompts', at('bytes.jsonl')], /bytes\.jsonl: not UTF-8 text/);
  });
});

describe('edits', () => {
  it.each([
    ['of a layer that is not there', 'L2.z=zero', /layer out of range: expected 0 to 1, got 2/],
    ['of a head that is not there', 'L1H4.z=zero', /head out of range: expected 0 to 3, got 4/],
    ['at a site that the model lacks', 'L1.mlpOut=zero', /mlpOut.*attention-only/],
    ['of heads at a site without them', 'L1H1.residPre=zero', /residPre/],
    ['of keys at a site without them', 'L1.z[k=0]=zero', /z/],
    ['that masks anything but scores', 'L1.z=mask', /z/],
    ['that mixes anything but a pattern', 'L1.z=mix(uniform)', /z/],
    [
      'from a file that is not there',
      `L1.z=mean(${at('none.safetensors')}#z.1)`,
      /none\.safetensors cannot be read: got no such file/,
    ],
    ['from a file that is no safetensors', `L1.z=mean(${join(planted, 'config.json')}#z.1)`, /config\.json/],
    [
      'from a tensor that is not in the file',
      `L1.z=mean(${join(planted, 'model.safetensors')}#z.1)`,
      /no tensor "z\.1" in .*model\.safetensors: expected /,
    ],
    ['with values of other axes', `L1.z=replace(${join(planted, 'model.safetensors')}#blocks.0.attn.W_K)`, /./],
  ])('%s', async (_, edit, message) => expectRefused(run('--ids', '5,6,7', '--edit', edit), message));

  it('that can not be read are pointed at', async () => {
    const { code, out, err } = await headscope(run('--ids', '5', '--edit', 'L1H1.z=zap'));
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n').slice(1)).toEqual(['  L1H1.z=zap', '         ^', '']);
    expect(err).toMatch(/^headscope: edit "L1H1\.z=zap": character 8: expected zero, .*, got "zap"\n/);
  });
});

describe('models', () => {
  const copy = (name: string) => {
    cpSync(planted, at(name), { recursive: true });
    return join(at(name), 'model.safetensors');
  };
  const config = (name: string, change: Record<string, unknown>) => {
    copy(name);
    const path = join(at(name), 'config.json');
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...change }));
    return ['info', at(name)];
  };

  it('that are not there', () => expectRefused(['info', at('nowhere')], /nowhere/));
  it('of an unknown kind of file', () => expectRefused(['info', import.meta.filename], /badInput\.test\.ts/));
  it('with a key that is not understood', () =>
    expectRefused(config('key', { warp_drive: true }), /config warp_drive/));
  it('with a shape that the weights do not have', () =>
    expectRefused(config('shape', { n_layers: 3 }), /blocks\.2|layer/));

  it('that are cut short', async () => {
    truncateSync(copy('short'), 1000);
    await expectRefused(['info', at('short')], /short.*model\.safetensors/);
  });

  it('with a weight that is no number, which is named', async () => {
    const weights = copy('nan');
    const { tensors } = await readSafetensors(weights);
    const tensor = tensors.get('blocks.1.attn.W_O') ?? expect.fail('no W_O');
    const bytes = readFileSync(weights);
    bytes.writeFloatLE(NaN, tensor.offset + 4 * 5);
    writeFileSync(weights, bytes);
    await expectRefused(['run', at('nan'), '--ids', '5,6,7'], /blocks\.1\.attn\.W_O/);
    const verified = await headscope(['info', at('nan'), '--verify']);
    expect([verified.code, verified.err.split('\n').length]).toEqual([2, 2]);
    expect(verified.err).toMatch(/blocks\.1\.attn\.W_O/);
    expect(verified.out).toContain('1 of 20 tensors are bad');
  });

  it('without a tokenizer refuse text with the reason, and take ids', async () => {
    cpSync(planted, at('ids'), { recursive: true, filter: (path) => !path.includes('tokenizer') });
    await expectRefused(['run', at('ids'), '--prompt', 'apple'], /tokenizer/);
    const { code, out } = await headscope(['run', at('ids'), '--ids', '5,6,7,8,5,6', '--top', '1']);
    expect(code).toBe(0);
    expect(out).toMatch(/#7/);
  });
});

describe('outputs', () => {
  const ablate = (...more: string[]) => ['ablate', planted, '--task', 'induction', '--n', '4', ...more];
  const capture = (out: string) => ['capture', planted, '--ids', '5,6', '--sites', 'z', '--out', out];
  mkdirSync(at('there'));
  writeFileSync(at('there/old.json'), 'old');

  it.each([
    [
      'a file that exists',
      ablate('--out', at('there/old.json')),
      /old\.json: the file exists already: expected a new name/,
    ],
    ['a table that exists', ablate('--csv', at('there/old.json')), /old\.json: the file exists already/],
    ['a capture that exists', capture(at('there/old.json')), /old\.json: the file exists already/],
    ['a folder', ablate('--out', at('there')), /there: cannot be written: expected a file, got a folder/],
    [
      'a folder that is not there',
      ablate('--out', at('where/new.json')),
      /new\.json: cannot be written: got no such file or directory \(ENOENT\)/,
    ],
    [
      'a file where a folder is expected',
      capture(at('there/old.json/new')),
      /new: cannot be written: got not a directory \(ENOTDIR\)/,
    ],
    [
      'one file for two outputs',
      ablate('--out', at('same'), '--csv', at('there/../same')),
      /same: two outputs to one file/,
    ],
    [
      'a merge with a file that is no heads.json',
      ablate('--out', at('new'), '--into', at('there/old.json')),
      /old\.json: not a JSON file/,
    ],
  ])('to %s are refused before the work', async (_, argv, message) => expectRefused(argv, message));

  it.skipIf(!existsSync('/dev/full'))('to a full disk end with exit code 2 (needs /dev/full)', async () => {
    for (const argv of [ablate('--out', '/dev/full'), capture('/dev/full')]) {
      const { code, err } = await headscope(argv);
      expect(code).toBe(2);
      expect(err).toMatch(/^headscope: \/dev\/full: cannot be written: got the disk is full\n$/m);
    }
  });

  it('into a file of another model are refused before the work', async () => {
    const { out } = await headscope(ablate('--json'));
    writeFileSync(at('other.json'), out.replace(/"fingerprint":"[0-9a-f]+"/, '"fingerprint":"00"'));
    await expectRefused(
      ablate('--out', at('merged.json'), '--into', at('other.json')),
      /other\.json: heads of another model: expected fingerprint [0-9a-f]{64}, got 00/,
    );
  });

  it('leave nothing behind', () => {
    expect(readdirSync(at('there'))).toEqual(['old.json']);
    expect(readFileSync(at('there/old.json'), 'utf8')).toBe('old');
    expect(readdirSync(folder).filter((name) => /new|same|merged|tmp|part|^x$/.test(name))).toEqual([]);
  });
});
