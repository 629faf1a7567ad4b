/** What a record says of the machine that computes. */
import { availableParallelism, cpus, platform, release } from 'node:os';
import type { Machine } from '../results/runs.ts';
import { ortVersion, version } from './version.ts';

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    os: `${platform()} ${release()}`,
    node: process.versions.node,
    headscope: version,
    onnxruntime: ortVersion,
  };
}
