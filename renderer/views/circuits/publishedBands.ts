/** Areas under ROC that others published on this model and task, as they are read beside the bench's own. */
import type { CircuitHeader } from '../../../engine/results/circuitBench.ts';
import { formatFixed } from '../../marks/format.ts';
import { referenceTitle } from './referenceTitle.ts';

type Band = NonNullable<CircuitHeader['bands']>[number];

export interface PublishedBand {
  readonly key: string;
  /** The labels that it was held against. */
  readonly labels: string;
  /** Are they those that are chosen? */
  readonly isChosen: boolean;
  readonly level: string;
  readonly area: string;
  /** `0.85 to 0.88` */
  readonly range: string;
  readonly title: string;
}

type Known = Pick<CircuitHeader, 'bands' | 'references'>;

/** Those against the chosen reference first. */
export function publishedBands({ bands = [], references }: Known, chosen: string | null): readonly PublishedBand[] {
  const labelsOf = (id: string) => references.find((reference) => reference.id === id);
  const rows = bands.map((band, i) => bandRow(band, i, labelsOf(band.reference), chosen));
  return [...rows.filter(({ isChosen }) => isChosen), ...rows.filter(({ isChosen }) => !isChosen)];
}

function bandRow(
  { title, reference, level, area, low, high }: Band,
  index: number,
  labels: CircuitHeader['references'][number] | undefined,
  chosen: string | null,
): PublishedBand {
  return {
    ...{ key: String(index), title, isChosen: reference === chosen, level: levelWords[level], area: areaWords[area] },
    labels: labels === undefined ? reference : referenceTitle(labels),
    range: rangeWords(low, high),
  };
}

const levelWords: Readonly<Record<Band['level'], string>> = {
  nodes: 'nodes',
  coVariation: 'edges of the paper (pairs of codes), which rank heads',
};
const areaWords: Readonly<Record<Band['area'], string>> = {
  trapezoid: 'AUC',
  pessimistic: 'AUC, pessimistic and over more nodes than heads',
};

function rangeWords(low: number, high: number): string {
  const [from, to] = [formatFixed(low, 2), formatFixed(high, 2)];
  return from === to ? from : `${from} to ${to}`;
}

/** `Published on GPT-2 small, ioi: AUC 0.84 to 0.88 against these labels (3 of 7 numbers).` Null where nothing is. */
export function bandsWords(
  { bands = [], model, calibration }: Pick<CircuitHeader, 'bands' | 'model' | 'calibration'>,
  chosen: string | null,
): string | null {
  if (bands.length === 0) return null;
  const own = bands.filter(({ reference, area }) => reference === chosen && area === 'trapezoid');
  const on = `Published on ${model.name}, ${calibration.dataset}`;
  if (own.length === 0) return `${on}: no such AUC against these labels (${bands.length} numbers)`;
  const range = rangeWords(Math.min(...own.map(({ low }) => low)), Math.max(...own.map(({ high }) => high)));
  return `${on}: AUC ${range} against these labels (${own.length} of ${bands.length} numbers)`;
}
