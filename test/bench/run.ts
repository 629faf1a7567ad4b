/**
 * `npm run bench -- [open] [forward] [ablation] [decoding] [gradients] [training] [responsive] [window] [scores] [pursuit] [dictionaries] [--model FILE] [--repeats 7]`: all of them where none is named.
 * Prints JSON. With HEADSCOPE_PYTHON set to a Python that has torch, transformers and gguf, PyTorch takes turns with us.
 */
import { existsSync } from 'node:fs';
import { arch, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ablation } from './ablation.ts';
import type { BenchContext } from './benchmark.ts';
import { decoding } from './decoding.ts';
import { dictionaries } from './dictionaries.ts';
import { forward } from './forward.ts';
import { gradients } from './gradients.ts';
import { open } from './open.ts';
import { patternScores } from './patternScores.ts';
import { pursuit } from './pursuit.ts';
import { responsiveness } from './responsiveness.ts';
import { TorchPeer } from './torchPeer.ts';
import { training } from './training.ts';
import { windowBudgets } from './window.ts';

const benchmarks = [
  open,
  forward,
  ablation,
  decoding,
  gradients,
  training,
  responsiveness,
  windowBudgets,
  patternScores,
  pursuit,
  dictionaries,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: defaultModel() },
    repeats: { type: 'string', default: '7' },
  },
});

const chosen = benchmarks.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
const unknown = positionals.filter((name) => !benchmarks.some(({ id }) => id === name));
if (unknown.length > 0 || !existsSync(values.model)) {
  console.error(
    unknown.length > 0 ? `unknown benchmark: ${unknown.join(', ')}` : `no model at ${values.model}: use --model`,
  );
  console.error(benchmarks.map(({ id, about }) => `  ${id.padEnd(10)} ${about}`).join('\n'));
  process.exit(2);
}

const torch = await startTorch();
const context: BenchContext = { model: values.model, repeats: Number(values.repeats), torch };
const results: Record<string, unknown> = { machine: machine(), torch: torch?.greeting ?? null };
for (const { id, run } of chosen) {
  console.error(`${id} ...`);
  results[id] = await run(context);
}
torch?.stop();
console.log(JSON.stringify(results, null, 2));

function defaultModel(): string {
  const folder = process.env['HEADSCOPE_MODELS'] ?? join('..', 'shared', 'models');
  return join(folder, 'SmolLM2-135M-Instruct.Q4_1.gguf');
}

async function startTorch(): Promise<TorchPeer | null> {
  const python = process.env['HEADSCOPE_PYTHON'];
  if (python !== undefined) return TorchPeer.start(python, values.model);
  console.error('HEADSCOPE_PYTHON is not set: PyTorch is left out.');
  return null;
}

function machine() {
  const cores = cpus();
  return {
    cpu: cores[0]?.model ?? 'unknown',
    cores: cores.length,
    arch: arch(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}
