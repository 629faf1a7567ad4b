/** Where a plan's heads lie in the weights, for programs that slice by themselves. */
import { describe, expect, it } from 'vitest';
import { legalityOf } from '../../../engine/prune/plan/legality.ts';
import { removedSizes } from '../../../engine/prune/plan/removedSizes.ts';
import { tensorSlices } from '../../../engine/prune/plan/tensorSlices.ts';
import type { HeadsByLayer } from '../../../engine/prune/surgery/headsByLayer.ts';
import { describeModel } from '../../../engine/run/index.ts';
import { golden } from '../../run/models.ts';

describe('slices, sizes and legality of a plan', () => {
  it('gives rows of queries, keys and values and columns of outputs', async () => {
    const model = await describeModel(golden('llama-gqa'));
    // Heads of 10, two for each group: 0 and 1 are group 0; head 3 alone leaves its group.
    const removed: HeadsByLayer = new Map([
      [0, [0, 1]],
      [1, [3]],
    ]);
    const at = 'model.layers';
    expect(tensorSlices(model, removed)).toEqual(
      expect.arrayContaining([
        { tensor: `${at}.0.self_attn.q_proj.weight`, axis: 0, ranges: [[0, 20]] },
        { tensor: `${at}.0.self_attn.k_proj.weight`, axis: 0, ranges: [[0, 10]] },
        { tensor: `${at}.0.self_attn.v_proj.weight`, axis: 0, ranges: [[0, 10]] },
        { tensor: `${at}.0.self_attn.o_proj.weight`, axis: 1, ranges: [[0, 20]] },
        { tensor: `${at}.1.self_attn.q_proj.weight`, axis: 0, ranges: [[30, 40]] },
        { tensor: `${at}.1.self_attn.o_proj.weight`, axis: 1, ranges: [[30, 40]] },
      ]),
    );
    expect(tensorSlices(model, removed)).toHaveLength(6);
    expect(removedSizes(model, removed)).toEqual({ heads: 3, parameters: (6 + 2) * 10 * 24, kvBytes: 80 });
  });

  it('finds the heads of fused weights', async () => {
    const gpt2 = await describeModel(golden('gpt2-tied'));
    const [fused] = tensorSlices(gpt2, new Map([[0, [1]]])).filter(({ tensor }) => tensor.endsWith('c_attn.weight'));
    // [in, out]: queries, keys and values of 3 heads of 8 along the second axis.
    expect(fused).toEqual({
      ...{ tensor: 'transformer.h.0.attn.c_attn.weight', axis: 1 },
      ranges: [
        [8, 16],
        [32, 40],
        [56, 64],
      ],
    });
  });

  it('says who can run what is left', async () => {
    const legal = async (folder: string, removed: HeadsByLayer) => {
      const { architecture, family, files } = await describeModel(golden(folder));
      const verdicts = legalityOf({ architecture, family, config: files.config }, removed);
      return Object.fromEntries(verdicts.map(({ target, ok }) => [target.split(/[ ,]/)[0], ok]));
    };
    const evenly = async (folder: string): Promise<HeadsByLayer> => {
      const { layers, heads, kvHeads } = (await describeModel(golden(folder))).family.shape;
      const gone = Array.from({ length: heads / kvHeads }, (_, head) => head);
      return new Map(Array.from({ length: layers }, (_, layer) => [layer, gone]));
    };
    const everywhere = new Map([
      [0, [0, 1]],
      [1, [2, 3]],
    ]);
    const even = await legal('llama-gqa', everywhere);
    // A head width of 10 is none of those that the kernel takes.
    expect(even).toEqual({
      ...{ zeroed: true, Hugging: true, ONNX: false, vLLM: true, 'llama.cpp': true, 'transformers.js': true },
      headscope: true,
    });
    // Hugging Face reads head_dim of Phi; no published model has one for others to read.
    const phi = await legal('phi-half', await evenly('phi-half'));
    expect(phi).toMatchObject({ Hugging: true, vLLM: false, 'llama.cpp': false, headscope: true });
    const uneven = await legal('gemma3-mixed', new Map([[0, [0, 1]]]));
    expect(uneven).toMatchObject({ zeroed: true, Hugging: false, vLLM: false, headscope: true });
    const emptied = await legal('llama-gqa', new Map([[0, [0, 1, 2, 3]]]));
    expect(emptied).toMatchObject({ zeroed: true, Hugging: false, ONNX: false, headscope: false });
    expect(await legal('olmo2-normed', new Map([[0, [0]]]))).toMatchObject({ Hugging: false, headscope: false });
    expect(await legal('transformerLens-rotary', new Map())).toMatchObject({ Hugging: false, headscope: true });
  });
});
