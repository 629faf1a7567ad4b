import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import type { Benchmark } from './benchmark.ts';
import { interleaved, rounded } from './benchmark.ts';
import { someText } from './ioiPrompts.ts';
import type { TorchAttention, TorchPeer } from './torchPeer.ts';

const context = 512;
const tokens = 32;

export const decoding: Benchmark = {
  id: 'decoding',
  about: `greedy decoding after ${context} tokens of context, tokens per second, taking turns with PyTorch`,
  async run({ model: path, repeats, torch }) {
    const turns = Math.min(repeats, 3);
    const float32 = await openModel(path, { weights: 'float32' });
    const times = await interleaved({ float32: () => decode(float32), ...torchCalls(torch) }, turns);
    await float32.dispose();
    const quantised = await openModel(path, { weights: 'quantised' });
    const kept = await interleaved({ quantised: () => decode(quantised) }, turns);
    await quantised.dispose();
    return Object.fromEntries(
      Object.entries({ ...times, ...kept }).map(([name, ms]) => [name, rounded((1000 * tokens) / ms, 2)]),
    );
  },
};

/** Milliseconds of the tokens after the first one, which pays for the context. */
async function decode(model: Model): Promise<number> {
  const ids = someText(1, context)[0] ?? [];
  let start = 0;
  let made = 0;
  for await (const _ of model.generate({ ids, maxNew: tokens + 1, endIds: [] })) {
    if (made === 0) start = performance.now();
    made++;
  }
  return performance.now() - start;
}

function torchCalls(torch: TorchPeer | null): Record<string, () => Promise<number>> {
  if (torch === null) return {};
  const ids = someText(1, context)[0] ?? [];
  const call = (attention: TorchAttention) => async () =>
    (await torch.ask({ do: 'decode', ids, tokens, attention })).ms;
  return { torchEager: call('eager'), torchSdpa: call('sdpa') };
}
