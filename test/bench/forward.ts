import { openModel } from '../../engine/run/index.ts';
import type { Model } from '../../engine/run/index.ts';
import type { BenchContext, Benchmark } from './benchmark.ts';
import { interleaved, rounded, timed } from './benchmark.ts';
import { someText } from './ioiPrompts.ts';
import type { TorchAttention, TorchPeer } from './torchPeer.ts';

const shapes = [
  [1, 64],
  [1, 512],
  [16, 16],
] as const;

export const forward: Benchmark = {
  id: 'forward',
  about: 'forward passes, logits of all positions and of the last, taking turns with PyTorch eager and SDPA',
  async run(context) {
    const model = await openModel(context.model, { weights: 'float32' });
    const found: Record<string, unknown> = {};
    for (const [rows, length] of shapes) {
      const ids = someText(rows, length);
      found[`${rows}x${length}`] = {
        allLogits: await compare(model, ids, 'all', context),
        lastLogits: await compare(model, ids, 'last', context),
        largestLogitDifference: context.torch === null ? null : await logitDifference(model, ids, context.torch),
      };
    }
    await model.dispose();
    return found;
  },
};

async function compare(model: Model, ids: number[][], logits: 'all' | 'last', { repeats, torch }: BenchContext) {
  const ours = () => timed(() => model.forward({ ids, logits }));
  if (torch === null) return interleaved({ headscope: ours }, repeats);
  const theirs = (attention: TorchAttention) => async () =>
    (await torch.ask({ do: 'forward', ids, keep: logits === 'all' ? 0 : 1, attention })).ms;
  const times = await interleaved({ headscope: ours, eager: theirs('eager'), sdpa: theirs('sdpa') }, repeats);
  return {
    ...times,
    overEager: rounded(times.headscope / times.eager, 2),
    overSdpa: rounded(times.headscope / times.sdpa, 2),
  };
}

/** max |ours - PyTorch's| over the logits of all positions. */
async function logitDifference(model: Model, ids: number[][], torch: TorchPeer): Promise<number> {
  const { logits } = await torch.ask({ do: 'forward', ids, keep: 0, attention: 'eager', logits: true });
  const bytes = Buffer.from(logits ?? '', 'base64');
  const ours = (await model.forward({ ids, logits: 'all' })).logits?.data ?? new Float32Array();
  if (bytes.length !== 4 * ours.length)
    throw new Error(`expected ${ours.length} logits of PyTorch, got ${bytes.length / 4}`);
  return ours.reduce((most, value, i) => Math.max(most, Math.abs(value - bytes.readFloatLE(4 * i))), 0);
}
