/** The lines of a formula card: formula, unit, range, what it was measured on, its source and its rule. */
import type { HeadMeasure } from '../../api/headMeasure.ts';
import { specOfRule } from '../../api/measureRules.ts';
import { intervalWords, rangeWords, samplesWords, unitWords } from './measureWords.ts';

export function cardLines(measure: HeadMeasure): readonly (readonly [name: string, text: string])[] {
  const { formula, dataset, uniform, source, rule } = measure;
  const samples = samplesWords(measure);
  return [
    ['formula', formula],
    ['unit', unitWords(measure)],
    ['range', rangeWords(measure)],
    ...(uniform === null ? [] : [['even attention', String(Number(uniform.toPrecision(2)))] as const]),
    ['on', samples === '' ? dataset : `${dataset}, ${samples}`],
    ['intervals', intervalWords(measure)],
    ['source', source],
    ...(rule === '' ? [] : [['rule', `${rule} in ${specOfRule(rule) ?? 'another version'}`] as const]),
  ];
}
