/** How the weights of each model were held the last time it was opened here: kept by the browser, a hint and no more. */
import type { Weights } from './holdings.ts';

const KEY = 'headscope.weights';
/** Models that are remembered. */
const MOST = 200;
const known: ReadonlySet<string> = new Set(['auto', 'float32', 'quantised', 'mapped'] satisfies Weights[]);

type Kept = Pick<Storage, 'getItem' | 'setItem'>;

export function lastWeights(path: string, storage: Kept): Weights {
  return read(storage).find(([other]) => other === path)?.[1] ?? 'auto';
}

export function keepWeights(path: string, weights: Weights, storage: Kept): void {
  const others = read(storage).filter(([other]) => other !== path);
  storage.setItem(KEY, JSON.stringify([[path, weights], ...others].slice(0, MOST)));
}

function read(storage: Kept): readonly (readonly [string, Weights])[] {
  try {
    const value: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(value) ? value.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is readonly [string, Weights] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string' && known.has(value[1]);
}
