import type { BenchContext, Benchmark } from './benchmark.ts';
import { median, rounded } from './benchmark.ts';
import { inFreshProcess } from './freshProcess.ts';
import { ioiPrompts } from './ioiPrompts.ts';
import { memory } from './open.ts';
import { describeModel } from '../../engine/run/index.ts';

/** Heads that PyTorch's loop is timed on, before and after ours; every head costs it the same. */
const torchHeads = 6;

export const ablation: Benchmark = {
  id: 'ablation',
  about: 'every head zero-ablated on 16 IOI prompts of 19 tokens, beside a PyTorch hook loop',
  async run(context) {
    const { family } = await describeModel(context.model);
    const { layers, heads } = family.shape;
    const before = await hookLoop(context, layers, heads);
    const report = await inFreshProcess(context.model, 'float32', 'ablation');
    const after = await hookLoop(context, layers, heads);
    const seconds = report.workMs / 1000;
    const torchSeconds = before.length === 0 ? null : (median([...before, ...after]) / 1000) * layers * heads;
    return {
      heads: layers * heads,
      seconds: rounded(seconds),
      peakMemory: memory(report),
      torchSecondsExtrapolated: torchSeconds === null ? null : rounded(torchSeconds),
      torchHeadsTimed: 2 * torchHeads,
      timesFaster: torchSeconds === null ? null : rounded(torchSeconds / seconds, 2),
    };
  },
};

/** Milliseconds of single runs, spread over the layers; empty without PyTorch. */
async function hookLoop({ torch }: BenchContext, layers: number, heads: number): Promise<number[]> {
  if (torch === null) return [];
  const ids = ioiPrompts().map((prompt) => prompt.ids);
  const times: number[] = [];
  for (let i = 0; i <= torchHeads; i++) {
    const layer = Math.floor((i * layers) / (torchHeads + 1));
    const { ms } = await torch.ask({ do: 'ablateHead', ids, layer, head: i % heads });
    if (i > 0) times.push(ms);
  }
  return times;
}
