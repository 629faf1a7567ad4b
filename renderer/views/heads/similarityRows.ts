/** A map of heads as numbers: where each stands, and which are most like it. */
import type { HeadRef } from '../../../engine/results/units.ts';
import type { HeadMeasure } from '../../api/headMeasure.ts';
import { csvOf } from '../../parts/csv.ts';
import { headName } from '../../state/headNames.ts';
import type { SimilarityMap, SimilaritySettings } from './similarityStore.ts';

export interface Neighbour {
  readonly head: HeadRef;
  /** In arrays of heads. */
  readonly at: number;
  /** Cosine, -1 to 1. */
  readonly similarity: number;
}

export interface SimilarityRow {
  readonly head: HeadRef;
  readonly at: number;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Of the measure that colours the map; NaN where unknown. */
  readonly value: number;
  /** The most similar first. */
  readonly nearest: readonly Neighbour[];
}

/** The most similar first, at most `most`. */
export function neighboursOf(
  map: Pick<SimilarityMap, 'heads' | 'k' | 'neighbours' | 'neighbourSimilarity'>,
  at: number,
  most: number,
): readonly Neighbour[] {
  return Array.from({ length: Math.min(most, map.k) }, (_, i) => {
    const other = map.neighbours[at * map.k + i] ?? 0;
    const similarity = map.neighbourSimilarity[at * map.k + i] ?? NaN;
    return { head: headAt(map, other), at: other, similarity };
  });
}

export function headAt({ heads }: Pick<SimilarityMap, 'heads'>, at: number): HeadRef {
  return { layer: Math.floor(at / heads), head: at % heads };
}

export interface PlanePoints {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Null where the model has too few heads for the neighbours that UMAP was asked for. */
export function pointsOf(
  { pca, umap }: Pick<SimilarityMap, 'pca' | 'umap'>,
  plane: SimilaritySettings['plane'],
): PlanePoints | null {
  const points = plane === 'pca' ? pca : umap;
  if (points === null) return null;
  const along = (axis: number) => points.filter((_, i) => i % 2 === axis);
  return { x: along(0), y: along(1) };
}

/** Neighbours in a row. */
const NEAREST = 3;

export function similarityRows(
  map: SimilarityMap,
  { x, y }: PlanePoints,
  measure: Pick<HeadMeasure, 'values'> | null,
): readonly SimilarityRow[] {
  return Array.from(x, (along, at) => {
    const head = headAt(map, at);
    const value = measure?.values[at] ?? NaN;
    return {
      head,
      at,
      name: headName(head),
      x: along,
      y: y[at] ?? NaN,
      value,
      nearest: neighboursOf(map, at, NEAREST),
    };
  });
}

export function similarityCsv(
  rows: readonly SimilarityRow[],
  axes: readonly [x: string, y: string],
  measure: Pick<HeadMeasure, 'title'> | null,
): string {
  const places = Array.from({ length: NEAREST }, (_, i) => [`like_${i + 1}`, `cosine_${i + 1}`]).flat();
  const cells = ({ name, x, y, value, nearest }: SimilarityRow) => [
    ...[name, x, y, ...(measure === null ? [] : [value])],
    ...nearest.flatMap(({ head, similarity }) => [headName(head), similarity]),
  ];
  return csvOf(['head', ...axes, ...(measure === null ? [] : [measure.title]), ...places], rows.map(cells));
}
