/** What a measure is measured in and on, in words. */
import type { HeadMeasure } from '../../api/headMeasure.ts';

/** `n 64 prompts`; nothing where there is one number without an interval. */
export function samplesWords({ n, samples }: Pick<HeadMeasure, 'n' | 'samples'>): string {
  return samples === '' ? '' : `n ${n} ${samples}`;
}

/** `0 to 1`, `0 or more`, `any number`. */
export function rangeWords({ range, signed }: Pick<HeadMeasure, 'range' | 'signed'>): string {
  if (range !== null) return `${range[0]} to ${range[1]}`.replace('-', '−');
  return signed ? 'any number' : '0 or more';
}

const plainUnits: Readonly<Record<string, string>> = {
  '': 'share',
  norm: 'length in the scale of the stream',
  ratio: 'ratio, no unit',
  cosine: 'cosine, no unit',
  columns: 'columns of the pattern',
};

export function unitWords({ unit }: Pick<HeadMeasure, 'unit'>): string {
  return plainUnits[unit] ?? unit;
}

/** `95 %, over prompts` */
export function intervalWords({ samples }: Pick<HeadMeasure, 'samples'>): string {
  return samples === '' ? 'none: it is one number, not a mean of samples' : `95 %, bootstrap over ${samples}`;
}
