/** Files that are damaged, lie, or say what is not read: one clear line each. HEADSCOPE_LONG=1 runs ten times as many mutants. */
import { cpSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { writeNpy } from '../../../engine/exports/npy.ts';
import { writeSafetensors } from '../../../engine/files/writeSafetensors.ts';
import { Fault } from '../../../engine/terms/fault.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { readForeign } from '../../../sae/formats/readForeign.ts';
import { temporaryFolder } from '../../files/temporary.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures/dictionaries', import.meta.url));
const folder = temporaryFolder();

/** A copy of a fixture, changed. */
function changed(fixture: string, name: string, change: (path: string) => void): string {
  const path = join(folder, name);
  cpSync(join(fixtures, fixture), path, { recursive: true });
  change(path);
  return path;
}

function config(path: string, change: Readonly<Record<string, unknown>>): void {
  const file = join(path, 'cfg.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...change }));
}

/** One line that says what is wrong. */
async function expectRefused(path: string, message: RegExp): Promise<void> {
  const error: unknown = await readForeign({ path }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Fault);
  expect((error as Fault).message).toMatch(message);
  expect((error as Fault).message).not.toMatch(/\n/);
}

describe('SAELens', () => {
  it.each([
    [
      'unknown keys',
      'standard',
      { tied: true, extra: 1 },
      /keys that are not understood: expected none, got tied, extra/,
    ],
    [
      'unknown keys of an old config',
      'flat-standard',
      { ghost: 1 },
      /keys that are not understood: expected none, got ghost/,
    ],
    [
      'another kind',
      'standard',
      { architecture: 'transcoder', d_out: 8 },
      /architecture: config value: expected one of standard, .*got "transcoder"/,
    ],
    [
      'whitening',
      'standard',
      { normalize_activations: 'covariance_whitening' },
      /normalize_activations: config value: expected one of/,
    ],
    ['another width', 'standard', { d_in: 64 }, /of different sizes: expected D 64, F 12, got D 8, F 12/],
    ['fewer features', 'standard', { d_sae: 10 }, /of different sizes: expected D 8, F 10/],
    ['k above the dictionary', 'topk', { k: 13 }, /k: expected a whole number from 1 to F = 12, got 13/],
    ['no k', 'topk', { k: null }, /of .*cfg\.json: k: config value: expected a whole number/],
    [
      'a fine-tuned scale',
      'flat-standard',
      { finetuning_scaling_factor: true },
      /finetuning_scaling_factor: a value that is not read/,
    ],
    [
      'another activation',
      'flat-standard',
      { activation_fn_str: 'tanh-relu' },
      /activation function: expected relu or topk, got tanh-relu/,
    ],
    [
      'a hook that no site is',
      'standard',
      { metadata: { sae_lens_version: '6.0.0', hook_name: 'blocks.0.hook_q' } },
      /which value of the model.*got blocks\.0\.hook_q/,
    ],
    [
      'a head where there is none',
      'standard',
      { metadata: { sae_lens_version: '6.0.0', hook_name: 'blocks.0.hook_resid_pre', hook_head_index: 2 } },
      /head of residPre: expected none/,
    ],
    [
      'z that is turned',
      'standard-heads',
      {
        metadata: {
          sae_lens_version: '6.0.0',
          hook_name: 'blocks.0.attn.hook_z',
          model_from_pretrained_kwargs: { refactor_factored_attn_matrices: true },
        },
      },
      /refactor_factored_attn_matrices: config value: expected false, for it turns z/,
    ],
  ])('%s', async (name, fixture, change, message) => {
    await expectRefused(
      changed(`saelens/${fixture}`, name, (path) => config(path, change)),
      message,
    );
  });

  it('weights cut short', async () => {
    const path = changed('saelens/standard', 'short', (copy) =>
      truncateSync(join(copy, 'sae_weights.safetensors'), 700),
    );
    await expectRefused(path, /sae_weights\.safetensors: .*data_offsets/);
  });

  it('a tensor too many, one too few, one of another shape, one that is not finite', async () => {
    const standard = { W_enc: [8, 12], b_enc: [12], W_dec: [12, 8], b_dec: [8] };
    const write = async (name: string, shapes: Readonly<Record<string, readonly number[]>>, value = 0.5) => {
      const path = changed('saelens/standard', name, () => undefined);
      const tensors = Object.entries(shapes).map(([tensor, shape]) => {
        const length = shape.reduce((product, size) => product * size, 1);
        return { name: tensor, shape, data: new Float32Array(length).fill(value) };
      });
      await writeSafetensors(join(path, 'sae_weights.safetensors'), tensors, {}, { overwrite: true });
      return path;
    };
    const { b_enc: _, ...few } = standard;
    await expectRefused(
      await write('many', { ...standard, W_skip: [8, 8] }),
      /tensors that are not understood.*got W_skip/,
    );
    await expectRefused(await write('few', few), /a tensor is missing: expected b_enc/);
    await expectRefused(
      await write('turned', { ...standard, W_enc: [12, 8] }),
      /tensor W_enc: expected \[8, 12\], got \[12, 8\]/,
    );
    await expectRefused(await write('infinite', standard, Infinity), /is not finite/);
  });

  it('labels of features that are not there', async () => {
    const path = changed('saelens/standard', 'labels', (copy) =>
      writeFileSync(join(copy, 'labels.json'), '{"12": "x"}'),
    );
    await expectRefused(path, /labels\.json: a label of a feature that is not there: expected 0 to 11, got 12/);
  });
});

describe('others', () => {
  it.each([
    ['a transcoder', { transcode: true }, /transcode: a value that is not read: expected false, got true/],
    ['groupmax', { activation: 'groupmax' }, /activation: a value that is not read: expected "topk", got "groupmax"/],
    ['unknown keys', { foo: 1 }, /keys that are not understood: expected none, got foo/],
    ['another size', { num_latents: 24 }, /of different sizes: expected D 8, F 24/],
  ])('sparsify: %s', async (name, change, message) => {
    await expectRefused(
      changed('sparsify/layers.10', `layers.10-${name}`, (path) => config(path, change)),
      message,
    );
  });

  it('pickles are not opened, and say how to convert', async () => {
    const path = join(folder, 'pickled');
    mkdirSync(path);
    writeFileSync(join(path, 'config.json'), '{"trainer": {}}');
    writeFileSync(join(path, 'ae.pt'), 'PK');
    await expectRefused(
      path,
      /a pickle is not opened, for it can run any program: expected safetensors.*save_file.*got ae\.pt/,
    );
    await expectRefused(join(path, 'ae.pt'), /a pickle is not opened/);
  });

  it('an empty folder, and none', async () => {
    mkdirSync(join(folder, 'empty'));
    await expectRefused(
      join(folder, 'empty'),
      /no dictionary that is known: expected sae_weights\.safetensors.*an empty folder/,
    );
    await expectRefused(join(folder, 'nowhere'), /nowhere: no such file or folder/);
  });

  it('arrays: not a zip, too many, not numbers, more than they can hold', async () => {
    const put = (name: string, bytes: Uint8Array) => {
      const path = join(folder, `${name}.npz`);
      writeFileSync(path, bytes);
      return path;
    };
    const array = writeNpy({ shape: [2], data: new Float32Array(2) });
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`a${i}.npy`, array]));
    await expectRefused(put('text', Buffer.from('hello')), /not a zip of arrays, or cut short/);
    await expectRefused(put('many', zipSync(many)), /too large: expected at most 64 arrays/);
    await expectRefused(put('other', zipSync({ 'W_enc.npy': deflateSync(array) })), /W_enc\.npy: not a \.npy array/);
    await expectRefused(put('names', zipSync({ 'W_enc.npy': array, 'other.npy': array })), /not understood.*got other/);
    // The size in the central directory says 1 GiB.
    const lying = zipSync({ 'W_enc.npy': array });
    new DataView(lying.buffer).setUint32(lying.length - 22 - 55 + 24, 2 ** 30, true);
    await expectRefused(put('lying', lying), /too large|not a zip/);
  });
});

describe('mutants', () => {
  const count = process.env['HEADSCOPE_LONG'] === '1' ? 8_000 : 800;

  /** Bytes changed, removed or cut off within the first `header` of a file. */
  function mutant(bytes: Buffer, header: number, seed: number): Buffer {
    const random = seededRandom(seed);
    const at = random.below(header);
    switch (random.below(4)) {
      case 0:
        return bytes.subarray(0, random.below(bytes.length));
      case 1:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(16))]);
      default: {
        const changedBytes = Buffer.from(bytes);
        for (let times = 1 + random.below(4); times > 0; times--)
          changedBytes[random.below(header)] = random.below(256);
        return changedBytes;
      }
    }
  }

  it.each([
    ['saelens/gated', 'sae_weights.safetensors', 500],
    ['saelens/matching-pursuit', 'cfg.json', 480],
    ['sparsify/layers.10', 'cfg.json', 160],
    ['gemmaScope', 'compressed.npz', 2000],
  ])('%s: %s', async (fixture, file, header) => {
    const path = changed(fixture, `mutants-${file}-${fixture.replace('/', '-')}`, () => undefined);
    const original = readFileSync(join(path, file));
    const place = { site: 'residPost', layer: 0, head: null } as const;
    const asked = file.endsWith('.npz') ? join(path, file) : path;
    const seen = { refused: 0, read: 0 };
    for (let seed = 0; seed < count / 4; seed++) {
      writeFileSync(join(path, file), mutant(original, Math.min(header, original.length), seed));
      const error: unknown = await readForeign({ path: asked, place }).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (error !== null && !(error instanceof Fault)) throw new Error(`mutant ${seed} of ${file}`, { cause: error });
      seen[error === null ? 'read' : 'refused']++;
    }
    expect(seen.refused).toBeGreaterThan(count / 16);
  });
});
