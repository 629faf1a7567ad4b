/** Memory of processes and of a page, and whether it grows. */
import { execFileSync } from 'node:child_process';
import type { CDPSession } from 'playwright-core';

export interface Sample {
  /** Seconds since the start. */
  readonly at: number;
  /** Resident bytes of the control and of the compute process. */
  readonly control: number;
  readonly compute: number;
  /** Bytes that the page's scripts hold after a collection. */
  readonly page: number;
}

export type Measured = Exclude<keyof Sample, 'at'>;

/** Resident bytes; NaN for a process that is gone. */
export function residentBytes(pid: number): number {
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim()) * 1024;
  } catch {
    return NaN;
  }
}

/** The newest child of a process, or null. */
export function childOf(pid: number): number | null {
  try {
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
    return Number(children.trim().split(/\s+/).at(-1)) || null;
  } catch {
    return null;
  }
}

export async function pageBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? NaN;
}

/**
 * Medians of the second and of the last quarter of the samples: the first is warming up. Growth is their difference; a
 * median, for memory that is given back late comes in teeth.
 */
export function growthOf(samples: readonly Sample[], what: Measured): { readonly from: number; readonly to: number } {
  const quarter = Math.floor(samples.length / 4);
  const medianOf = (part: readonly Sample[]) => {
    const sorted = part
      .map((sample) => sample[what])
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? NaN;
  };
  return { from: medianOf(samples.slice(quarter, 2 * quarter)), to: medianOf(samples.slice(3 * quarter)) };
}
