/** What to paste into a report of a problem. Holds no prompts, and no path that names the user. */
import { freemem, homedir, totalmem } from 'node:os';
import type { Machine } from '../../results/runs.ts';
import type { Resident } from '../../results/workbench.ts';

export interface DiagnosticsInput {
  readonly machine: Machine;
  readonly project: string;
  readonly resident: Resident | null;
  /** Bytes of the compute process; null where there is none. */
  readonly memory: number | null;
  /** States of jobs, each with their number. */
  readonly jobs: readonly string[];
  /** Newest last. */
  readonly errors: readonly string[];
}

export function diagnostics(input: DiagnosticsInput): string {
  const { machine, project, resident, memory, jobs, errors } = input;
  const lines = [
    `headscope ${machine.headscope}, onnxruntime ${machine.onnxruntime}, Node ${machine.node}`,
    `${machine.cpu}, ${machine.threads} threads, ${machine.os}`,
    `memory: ${mebibytes(freemem())} of ${mebibytes(totalmem())} free`,
    `control process: ${mebibytes(process.memoryUsage.rss())}; compute process: ${memory === null ? 'none' : mebibytes(memory)}`,
    `project: ${project}`,
    `model: ${resident === null ? 'none' : modelLine(resident)}`,
    `jobs: ${jobs.length === 0 ? 'none' : jobs.join(', ')}`,
    errors.length === 0 ? 'no errors since the start' : 'last errors:',
    ...errors,
  ];
  return withoutHome(`${lines.join('\n')}\n`);
}

function modelLine({ path, model, shape }: Resident): string {
  const { architecture, format, dtype, weights, fingerprint } = model;
  return `${path}, ${architecture}, ${format} ${dtype} held as ${weights}, ${shape.layers} layers of ${shape.heads} heads, ${fingerprint}`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

export function withoutHome(text: string, home = homedir()): string {
  return home.length < 2 ? text : text.replaceAll(home, '~');
}
