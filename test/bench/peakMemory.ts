/** Peak memory of this process, where the system tells and lets it be reset (Linux). */
import { readFileSync, writeFileSync } from 'node:fs';

/** The peak counts from here. */
export function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Elsewhere the peak is that of the whole process.
  }
}

/** Of 1,000,000 bytes; the system counts in kibibytes. */
export function peakMegabytes(): number {
  try {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return (Number(peak ?? NaN) * 1024) / 1e6;
  } catch {
    return (process.resourceUsage().maxRSS * 1024) / 1e6;
  }
}
