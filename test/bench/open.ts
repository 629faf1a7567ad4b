import type { WeightMode } from '../../engine/run/index.ts';
import type { Benchmark } from './benchmark.ts';
import { median, rounded } from './benchmark.ts';
import type { ChildReport, Work } from './freshProcess.ts';
import { inFreshProcess } from './freshProcess.ts';

export const open: Benchmark = {
  id: 'open',
  about: 'fresh processes: milliseconds to the first logits, peak resident memory over the float32 weights',
  async run({ model, repeats, torch }) {
    return {
      float32: await openings(model, 'float32', repeats),
      quantised: await openings(model, 'quantised', repeats),
      torchOpenSeconds: torch?.greeting.openSeconds ?? null,
    };
  },
};

async function openings(model: string, weights: WeightMode, repeats: number) {
  const reports: ChildReport[] = [];
  for (let i = 0; i < Math.min(repeats, 5); i++) reports.push(await inFreshProcess(model, weights, 'nothing'));
  return {
    sinceStartMs: rounded(median(reports.map(({ sinceStartMs }) => sinceStartMs)), 0),
    toLogitsMs: rounded(median(reports.map(({ toLogitsMs }) => toLogitsMs)), 0),
    memoryAfterFirstLogits: memory(reports[0]),
    memoryAfterForward: await memoryAfter(model, weights, 'forward'),
  };
}

async function memoryAfter(model: string, weights: WeightMode, work: Work) {
  return memory(await inFreshProcess(model, weights, work));
}

/** Peak resident memory in MiB, and as a multiple of the float32 weights. */
export function memory(report: ChildReport | undefined) {
  if (report === undefined) return null;
  const { peakBytes, float32Bytes } = report;
  return { peakMiB: rounded(peakBytes / 2 ** 20, 0), timesFloat32Weights: rounded(peakBytes / float32Bytes, 2) };
}
