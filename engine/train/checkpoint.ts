/** Training on disk: one file that appears whole or not at all, and says which configuration it belongs to. */
import { realpath } from 'node:fs/promises';
import { readFloat32 } from '../files/readTensor.ts';
import type { SafetensorsFile } from '../files/safetensors.ts';
import { readSafetensors } from '../files/safetensors.ts';
import { writeSafetensors } from '../files/writeSafetensors.ts';
import { Fault } from '../terms/fault.ts';
import type { TrainedWeight } from './modelGraph.ts';
import type { TrainingState } from './state.ts';

/** What a checkpoint was trained from. */
export interface Origin {
  /** JSON */
  readonly configuration: string;
  /** SHA-256 of the text, or of samples of it. */
  readonly text: string;
}

const kinds = ['weights', 'first', 'second'] as const;

/**
 * Writes the state with what it was trained from; the file before it stays until the new one is whole.
 * Throws Fault for a weight or moment that is not finite: what could not be gone on from is never kept.
 */
export async function writeCheckpoint(path: string, state: TrainingState, origin: Origin): Promise<void> {
  const tensors = kinds.flatMap((kind) =>
    [...state[kind]].map(([name, data]) => ({ name: `${kind}.${name}`, shape: [data.length], data })),
  );
  const bad = tensors.find(({ data }) => !data.every(Number.isFinite));
  if (bad !== undefined) throw new Fault({ what: `${bad.name} is not finite`, where: `step ${state.step}` });
  const metadata = { step: String(state.step), ...origin };
  await writeSafetensors(path, tensors, metadata, { overwrite: true });
}

/** The state in the file. Throws Fault where the file is not such a one, or was trained from something else. */
export async function readCheckpoint(
  path: string,
  weights: readonly TrainedWeight[],
  origin: Origin,
): Promise<TrainingState> {
  const file = await readSafetensors(await realpath(path));
  requireSame(path, file.metadata['configuration'], origin.configuration);
  requireSameText(path, file.metadata['text'], origin.text);
  const step = Number(file.metadata['step']);
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new Fault({ what: 'not a training checkpoint', where: path, expected: 'its step', got: String(step) });
  }
  const [values, first, second] = await Promise.all(kinds.map((kind) => readKind(path, file, kind, weights)));
  return { step, weights: values as Values, first: first as Values, second: second as Values };
}

type Values = ReadonlyMap<string, Float32Array>;

async function readKind(
  path: string,
  file: SafetensorsFile,
  kind: string,
  weights: readonly TrainedWeight[],
): Promise<Values> {
  const read = async ({ name, source }: TrainedWeight) => {
    const tensor = file.tensors.get(`${kind}.${name}`);
    const count = source.axes.reduce((product, { size }) => product * size, 1);
    if (tensor?.type !== 'F32' || tensor.shape[0] !== count || tensor.shape.length !== 1) {
      const got = tensor === undefined ? 'none' : `${tensor.type} [${tensor.shape.join(', ')}]`;
      throw new Fault({ what: `tensor ${kind}.${name}`, where: path, expected: `F32 [${count}]`, got });
    }
    return [name, await readFloat32(tensor)] as const;
  };
  return new Map(await Promise.all(weights.map(read)));
}

/** These change no weight: whether it is the same text, wherever its files lie, is told from its digest. */
const free = /^(dtype|checkpointEvery|tokenizer|data\.files\.\d+)$/;

function requireSame(path: string, stored: string | undefined, wanted: string): void {
  const [before, now] = [stored ?? '{}', wanted].map((text) => leaves(parsed(path, text))) as [Leaves, Leaves];
  const names = new Set([...now.keys(), ...before.keys()]);
  const key = [...names].find((name) => before.get(name) !== now.get(name) && !free.test(name));
  if (key === undefined) return;
  throw new Fault({
    what: `checkpoint of another configuration: ${key}`,
    where: path,
    expected: now.get(key) ?? 'no such key',
    got: before.get(key) ?? 'no such key',
  });
}

// Files of ids, the tokenizer or the generators may have changed since.
function requireSameText(path: string, stored: string | undefined, wanted: string): void {
  if (stored === undefined || stored === wanted) return;
  throw new Fault({
    what: 'checkpoint of another text',
    where: path,
    expected: wanted.slice(0, 12),
    got: stored.slice(0, 12),
  });
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault({ what: 'not a training checkpoint', where: path, expected: 'its configuration as JSON' });
  }
}

type Leaves = ReadonlyMap<string, string>;

/** `optimiser.betas.0` -> `0.9` */
function leaves(value: unknown, path: readonly string[] = []): Leaves {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) return new Map([[path.join('.'), JSON.stringify(value)]]);
  return new Map(entries.flatMap(([key, inner]) => [...leaves(inner, [...path, key])]));
}
