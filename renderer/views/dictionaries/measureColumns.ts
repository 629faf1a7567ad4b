/** The numbers of a dictionary that tables show. NaN where one was not measured. */
import type { DictionaryMeasures } from '../../../engine/results/dictionaries.ts';

export interface MeasureColumn {
  readonly id: string;
  readonly title: string;
  readonly of: (measures: DictionaryMeasures) => number;
}

export const measureColumns: readonly MeasureColumn[] = [
  { id: 'fvu', title: 'FVU', of: ({ unexplained }) => unexplained },
  { id: 'l0', title: 'L0', of: ({ active }) => active },
  { id: 'recovered', title: 'Recovered', of: ({ loss }) => loss?.recovered ?? NaN },
  { id: 'kl', title: 'KL, nats', of: ({ loss }) => loss?.kl ?? NaN },
  { id: 'dead', title: 'Dead', of: ({ dead }) => dead },
  { id: 'dense', title: 'Dense', of: ({ dense }) => dense },
];
