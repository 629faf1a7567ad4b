/** Pruned checkpoints give what the model gives with the same heads zeroed, whatever the family and the form. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModelFiles } from '../../../engine/files/open.ts';
import { readStored } from '../../../engine/files/readTensor.ts';
import type { HeadsByLayer } from '../../../engine/prune/surgery/headsByLayer.ts';
import { headsByLayer, requireKept } from '../../../engine/prune/surgery/headsByLayer.ts';
import { meanOutputs } from '../../../engine/prune/surgery/meanOutputs.ts';
import { describeModel, openModel } from '../../../engine/run/index.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { faultOf } from '../../files/temporary.ts';
import { golden, maxDifference } from '../../run/models.ts';
import { logitsOf, maskedLogits, prunedFolder } from './pruned.ts';

/** One query head of the first layer, two of the last: layers keep different numbers. */
async function uneven(folder: string): Promise<HeadsByLayer> {
  const { shape } = (await describeModel(folder)).family;
  return new Map([
    [0, [1]],
    [shape.layers - 1, [0, shape.heads - 1]],
  ]);
}

/** The last query head of every group in every layer; where a group has one only, the last group. */
async function even(folder: string): Promise<HeadsByLayer> {
  const { layers, heads, kvHeads } = (await describeModel(folder)).family.shape;
  const perGroup = heads / kvHeads;
  const lasts = Array.from({ length: kvHeads }, (_, group) => group * perGroup + perGroup - 1);
  const gone = perGroup === 1 ? [heads - 1] : lasts;
  return new Map(Array.from({ length: layers }, (_, layer) => [layer, gone]));
}

async function idsFor(folder: string): Promise<number[]> {
  const { shape } = (await describeModel(folder)).family;
  const random = seededRandom(7);
  return Array.from({ length: 12 }, () => random.below(shape.vocabulary));
}

/** Largest difference of the pruned folder's logits from those of the masked model. */
async function difference(folder: string, form: 'zero' | 'remove', removed: HeadsByLayer) {
  const source = golden(folder);
  const { folder: pruned, surgery } = await prunedFolder(source, { removed, form, means: null });
  const ids = await idsFor(source);
  const masked = await maskedLogits(source, ids, removed);
  return { by: maxDifference(await logitsOf(pruned, ids), masked), surgery, pruned };
}

const isLong = process.env['HEADSCOPE_LONG'] === '1';
/** A few by default: each is opened twice. */
const some = (few: readonly string[], rest: readonly string[]) => (isLong ? [...few, ...rest] : few);

/** Families whose config can say that heads are gone, and those whose can't. */
const stated = some(
  ['llama-gqa', 'gemma-mqa', 'gemma2-caps', 'qwen2-biased', 'phi3-window', 'cohere-normed', 'transformerLens-rotary'],
  [
    'llama-bfloat16',
    'llama-biases',
    'gemma3-mixed',
    'qwen3-normed',
    'mistral-window',
    'phi-half',
    'granite-multipliers',
    'smollm3-interval',
    'starcoder2-plain',
  ],
);
const fixedWidth = some(
  ['gpt2-tied', 'gptNeoX-parallel', 'falcon-newDecoder', 'bloom-alibi', 'stablelm-biased'],
  ['gptJ-partial', 'gptNeo-local', 'opt-before'],
);
const zeroed = isLong ? [...stated, ...fixedWidth] : ['llama-gqa', 'gpt2-tied', 'gptNeoX-parallel', 'gemma2-caps'];

describe('surgery', () => {
  it.each([...zeroed, 'olmo2-normed'])('zeroes heads of %s in place', async (folder) => {
    const { by, surgery } = await difference(folder, 'zero', await uneven(golden(folder)));
    expect(by).toBeLessThan(1e-5);
    expect(surgery.record.form).toBe('zeroed');
    expect(surgery.after).toEqual(surgery.before);
  });

  it.each(stated)('makes %s smaller where every layer and group loses the same', async (folder) => {
    const { by, surgery } = await difference(folder, 'remove', await even(golden(folder)));
    expect(by).toBeLessThan(1e-4);
    expect(surgery.record.form).toBe('config');
    expect(surgery.after.parameters).toBeLessThan(surgery.before.parameters);
  });

  it.each([...(isLong ? stated : ['llama-gqa', 'gemma-mqa', 'phi3-window', 'transformerLens-rotary']), ...fixedWidth])(
    'leaves single heads of %s out, beside a record that says which',
    async (folder) => {
      const { by, surgery } = await difference(folder, 'remove', await uneven(golden(folder)));
      expect(by).toBeLessThan(1e-4);
      expect(surgery.record.form).toBe('sidecar');
      expect(surgery.after.bytes).toBeLessThan(surgery.before.bytes);
    },
  );

  it('changes nothing but the output projections when it zeroes', async () => {
    const source = golden('llama-bfloat16');
    const { folder, surgery } = await prunedFolder(source, { removed: new Map([[1, [0]]]), form: 'zero', means: null });
    const [before, after] = [await openModelFiles(source), await openModelFiles(folder)];
    const changed: string[] = [];
    for (const [name, tensor] of before.tensors) {
      const other = after.tensors.get(name);
      if (other === undefined || other.type !== tensor.type) throw new Error(`${name} is not the same`);
      if (!Buffer.from(await readStored(tensor)).equals(await readStored(other))) changed.push(name);
    }
    expect(changed).toEqual(['model.layers.1.self_attn.o_proj.weight']);
    expect(surgery.record.tensors.map(({ tensor }) => tensor)).toEqual(changed);
    expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toEqual(before.config);
  });

  it('counts what a KV group frees', async () => {
    const source = golden('llama-gqa');
    const removed = headsByLayer(
      { layers: 2, heads: 4, kvHeads: 2 },
      {
        heads: [],
        kvGroups: [
          { layer: 0, kvGroup: 1 },
          { layer: 1, kvGroup: 0 },
        ],
      },
    );
    const { surgery } = await prunedFolder(source, { removed, form: 'remove', means: null });
    expect(surgery.record.form).toBe('config');
    expect(surgery.record.original_index).toEqual({ 0: [0, 1], 1: [2, 3] });
    // Two query heads, a key and a value head, and their output columns: 6 x 10 x 24 weights in each layer.
    expect(surgery.before.parameters - surgery.after.parameters).toBe(2 * 6 * 10 * 24);
    expect(surgery.after.kvBytesPerToken).toBe(surgery.before.kvBytesPerToken / 2);
  });

  it('prunes a pruned folder again, in the numbering of the first model', async () => {
    const source = golden('gptNeoX-parallel');
    const first = await prunedFolder(source, { removed: new Map([[0, [0]]]), form: 'remove', means: null });
    const second = await prunedFolder(first.folder, { removed: new Map([[0, [2]]]), form: 'remove', means: null });
    const ids = await idsFor(source);
    const masked = await maskedLogits(source, ids, new Map([[0, [0, 2]]]));
    expect(maxDifference(await logitsOf(second.folder, ids), masked)).toBeLessThan(1e-4);
  });

  it('knows which numbers heads had before a smaller config gave them others', async () => {
    const source = golden('llama-gqa');
    const removed: HeadsByLayer = new Map([0, 1].map((layer) => [layer, [2 * layer, 2 * layer + 1]]));
    const first = await prunedFolder(source, { removed, form: 'remove', means: null });
    expect((await openModelFiles(source)).originalHeads).toBeUndefined();
    const left = [
      [2, 3],
      [0, 1],
    ];
    expect((await openModelFiles(first.folder)).originalHeads).toEqual(left);
    const again = { removed: new Map([[0, [0]]]), form: 'zero', means: null } as const;
    const second = await prunedFolder(first.folder, again);
    expect(second.surgery.record.original_index).toEqual({ 0: [3], 1: [0, 1] });
    expect((await openModelFiles(second.folder)).originalHeads).toEqual(left);
  });

  it.each(['llama-gqa', 'gpt2-tied', 'gemma2-caps', 'gptNeoX-parallel'])(
    'puts the mean output of removed heads into a bias of %s',
    async (folder) => {
      const source = golden(folder);
      const removed = await uneven(source);
      const model = await openModel(source);
      const ids = await idsFor(source);
      const means = await meanOutputs(model, [ids, [1, 2, 3]]);
      const { heads, headWidth } = model.family.shape;
      const edits = [...removed].map(([layer, gone]) => ({
        ...{ site: 'z' as const, layers: [layer], heads: gone },
        operation: {
          kind: 'mean' as const,
          value: { axes: 'N H', shape: [heads, headWidth], data: means[layer] ?? new Float32Array(0) },
        },
      }));
      const { logits } = await model.forward({ ids: [ids], edits });
      await model.dispose();
      if (logits === null) throw new Error('no logits');
      for (const form of ['zero', 'remove'] as const) {
        const made = await prunedFolder(source, { removed, form, means });
        expect(maxDifference(await logitsOf(made.folder, ids), logits)).toBeLessThan(1e-4);
        expect(made.surgery.record.bias_compensation).toHaveLength(removed.size);
        if (form === 'zero') expect(made.surgery.record.rule).toContain('output biases hold what they wrote');
      }
    },
  );

  it('says what it can not do', async () => {
    const removed: HeadsByLayer = new Map([[0, [0]]]);
    const asked = { removed, form: 'remove', means: null } as const;
    expect(await faultOf(() => prunedFolder(golden('olmo2-normed'), asked))).toContain('normalised together');
    const means = [new Float32Array(0)];
    expect(await faultOf(() => prunedFolder(golden('qwen2-biased'), { ...asked, form: 'zero', means }))).toContain(
      'no output bias',
    );
    const all: HeadsByLayer = new Map([[1, [0, 1, 2, 3]]]);
    expect(await faultOf(() => prunedFolder(golden('llama-gqa'), { ...asked, removed: all }))).toContain(
      'empties a layer',
    );
    expect(() => requireKept({ layers: 2, heads: 4, kvHeads: 2 }, all, 1)).toThrow('empties a layer');
    expect(() =>
      headsByLayer({ layers: 2, heads: 4, kvHeads: 2 }, { heads: [{ layer: 0, head: 4 }], kvGroups: [] }),
    ).toThrow('head out of range');
    expect(() => headsByLayer({ layers: 2, heads: 4, kvHeads: 2 }, { heads: [], kvGroups: [] })).toThrow(
      'nothing to remove',
    );
  });
});
