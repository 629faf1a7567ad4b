/** Models that the runtime's tests run on: the tiny golden checkpoints, and the real one where it is present. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export function golden(folder: string): string {
  return `${root}/fixtures/golden/${folder}`;
}

export function openGolden(folder: string): Promise<Model> {
  return openModel(golden(folder));
}

/** SmolLM2-135M-Instruct in Q4_1, beside the project or in HEADSCOPE_MODELS; null where it is not there. */
export function realModelPath(): string | null {
  const folder = process.env['HEADSCOPE_MODELS'] ?? `${root}/../shared/models`;
  const path = `${folder}/SmolLM2-135M-Instruct.Q4_1.gguf`;
  return existsSync(path) ? path : null;
}

export function randomIds(model: Model, length: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length }, () => random.below(model.family.shape.vocabulary));
}

export function largest({ data }: Pick<Tensor, 'data'>): number {
  return data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

export function maxDifference(a: Tensor, b: Tensor): number {
  if (a.data.length !== b.data.length) throw new RangeError(`expected ${a.data.length} values, got ${b.data.length}`);
  return a.data.reduce((most, x, i) => Math.max(most, Math.abs(x - (b.data[i] ?? NaN))), 0);
}

/** Row b of a tensor whose first axis is B, its P and K axes cut to the row's own tokens. */
export function rowOf(x: Tensor, row: number, from: number, to: number): number[] {
  const at = (index: readonly number[]) => index.reduce((flat, i, axis) => flat * (x.axes[axis]?.size ?? 1) + i, 0);
  const ranges = x.axes.map(({ axis, size }) =>
    axis === 'B' ? [row, row + 1] : axis === 'P' || axis === 'K' ? [from, to] : [0, size],
  );
  const values: number[] = [];
  const visit = (index: number[]): void => {
    const range = ranges[index.length];
    if (range === undefined) values.push(x.data[at(index)] ?? NaN);
    else for (let i = range[0] ?? 0; i < (range[1] ?? 0); i++) visit([...index, i]);
  };
  visit([]);
  return values;
}
