/** Starts child.ts in a process of its own, so that opening is cold and its peak memory is its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { WeightMode } from '../../engine/run/index.ts';

/** What happens after the first logits. */
export type Work = 'nothing' | 'forward' | 'ablation';

export interface ChildReport {
  /** From the start of the process to the first logits, Node's own start included. */
  readonly sinceStartMs: number;
  /** From the call of openModel to the first logits. */
  readonly toLogitsMs: number;
  readonly workMs: number;
  readonly peakBytes: number;
  /** Bytes of the model's parameters in float32, each stored tensor once. */
  readonly float32Bytes: number;
}

const child = fileURLToPath(new URL('child.js', import.meta.url));

export async function inFreshProcess(model: string, weights: WeightMode, work: Work): Promise<ChildReport> {
  const { stdout } = await promisify(execFile)(process.execPath, [child, model, weights, work]);
  return JSON.parse(stdout) as ChildReport;
}
