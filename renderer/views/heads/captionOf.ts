/** The line under the matrix: what the number is, on what, and what it does not say. */
import type { HeadMeasure } from '../../api/headMeasure.ts';
import { measureKinds } from '../../api/measureKinds.ts';
import { samplesWords } from './measureWords.ts';

/** `edited − clean, mean of 64 prompts; negative: the head helps · ioi`. */
export function captionOf(measure: HeadMeasure): string {
  const { call, kind, about, dataset, uniform, direction } = measure;
  if (kind === 'imported') return `Imported, not measured here: ${about}.`;
  if (call === 'ablate') return `${about} · ${dataset}`;
  if (call === 'attribute') return `${about}${helpsWhere(direction)} · ${dataset}`;
  const even = uniform === null ? '' : `; even attention would give ${Number(uniform.toPrecision(2))}`;
  const on = [dataset, samplesWords(measure)].filter((part) => part !== '').join(', ');
  return `${about} · ${on}${even}. ${measureKinds[kind].brief}`;
}

function helpsWhere(direction: HeadMeasure['direction']): string {
  if (direction === null) return '';
  return `; ${direction === 'higher' ? 'negative' : 'positive'}: the head helps`;
}
