/** Runs in a fresh process: opens the model, does one thing, prints times and its own peak memory as one JSON line. */
import type { WeightMode } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { ablate } from '../../engine/scores/ablation.ts';
import { timed } from './benchmark.ts';
import type { ChildReport, Work } from './freshProcess.ts';
import { ioiPrompts, someText } from './ioiPrompts.ts';

const [path, weights, work] = process.argv.slice(2) as [string, WeightMode, Work];

const start = performance.now();
const model = await openModel(path, { weights });
await model.forward({ ids: someText(1, 8), logits: 'last' });
const end = performance.now();
const workMs = await timed(() => (work === 'ablation' ? ablateAll() : work === 'forward' ? forwardAll() : nothing()));

const elements = [...model.files.tensors.values()].map(({ shape }) =>
  shape.reduce((product, size) => product * size, 1),
);
const report: ChildReport = {
  sinceStartMs: end,
  toLogitsMs: end - start,
  workMs,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  float32Bytes: 4 * elements.reduce((sum, count) => sum + count, 0),
};
process.stdout.write(`${JSON.stringify(report)}\n`);
await model.dispose();

async function nothing(): Promise<void> {}

async function forwardAll(): Promise<void> {
  await model.forward({ ids: someText(1, 64), logits: 'all' });
  await model.forward({ ids: someText(1, 512), logits: 'all' });
  await model.forward({ ids: someText(16, 16), logits: 'all' });
}

async function ablateAll(): Promise<void> {
  const prompts = ioiPrompts();
  const events = ablate(model, { prompts, metric: 'logitDifference', kind: 'zero', unit: 'head', seed: 0 });
  for await (const _ of events) continue;
}
