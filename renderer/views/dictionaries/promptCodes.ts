/** Sparse codes of a prompt, read by feature and by position. */
import type { ResultOf } from '../../../engine/results/contract.ts';

export type PromptCodes = ResultOf<'encodePrompt'>;

export interface Code {
  readonly feature: number;
  readonly value: number;
}

/** Codes of a position, strongest first. */
export function codesAt({ starts, features, values }: PromptCodes, position: number): readonly Code[] {
  const [from, to] = [starts[position] ?? 0, starts[position + 1] ?? 0];
  const codes = Array.from({ length: Math.max(0, to - from) }, (_, i) => ({
    feature: features[from + i] ?? 0,
    value: values[from + i] ?? 0,
  }));
  return codes.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
}

/** [positions] of one feature, 0 where it is not active. A feature may be picked more than once at a position: picks add up. */
export function valuesOfFeature({ starts, features, values }: PromptCodes, feature: number): Float32Array {
  const all = new Float32Array(Math.max(0, starts.length - 1));
  for (let position = 0; position < all.length; position++) {
    for (let i = starts[position] ?? 0; i < (starts[position + 1] ?? 0); i++) {
      if (features[i] === feature) all[position] = (all[position] ?? 0) + (values[i] ?? 0);
    }
  }
  return all;
}

/** Where the value is largest; the last position where all are 0. */
export function strongestPosition(values: Float32Array): number {
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  return most > 0 ? values.indexOf(most) : Math.max(0, values.length - 1);
}

export function labelsIn({ labels }: Pick<PromptCodes, 'labels'>): ReadonlyMap<number, string> {
  return new Map(labels.map(({ feature, label }) => [feature, label]));
}

/** `#12`, `#12 first name` */
export function featureName(feature: number, label: string | null | undefined): string {
  return label === null || label === undefined ? `#${feature}` : `#${feature} ${label}`;
}
