/** What is asked of an attention source, and what it answers. Ranges are from (included) to (excluded). */
import type { Watch } from './layerRuns.ts';
import type { Pool } from './pooledMap.ts';

/**
 * `pattern`: A_qk, the weight after softmax and edits. `valueWeighted`: A_qk ||v_k W_O,h||, the length of what the query
 * takes from the key (Kobayashi et al. 2020, arXiv 2004.10102); in the stream's units, not normalised over keys.
 */
export type AttentionMeasure = 'pattern' | 'valueWeighted';

export type Range = readonly [from: number, to: number];

export interface AttentionRequest extends Watch {
  readonly layer: number;
  /** Default `pattern`. */
  readonly measure?: AttentionMeasure | undefined;
}

interface Pooling {
  /** The first keys are left out (hide the sink): default 0. */
  readonly skipKeys?: number | undefined;
}

export interface ThumbnailsRequest extends AttentionRequest, Pooling {
  /** Cells along each axis, at most. */
  readonly size: number;
}

export interface Thumbnails {
  readonly heads: number;
  /** Cells along each axis, and queries and keys in a cell. */
  readonly cells: number;
  readonly step: number;
  /** Of all heads: a cell's largest value is byte / 255 * largest (linear; below 0 it is 0). */
  readonly largest: number;
  /** [heads, cells, cells]: queries down, keys across. */
  readonly data: Uint8Array;
}

export interface OverviewRequest extends AttentionRequest, Pooling {
  readonly head: number;
  /** Cells along each axis, at most. */
  readonly size: number;
  readonly pool: Pool;
}

export interface OverviewBand {
  /** First row of cells, and their number. */
  readonly row: number;
  readonly rows: number;
  /** Cells along each axis of the whole map, and queries and keys in a cell. */
  readonly cells: number;
  readonly step: number;
  /** [rows, cells] */
  readonly data: Float32Array;
}

export interface TileRequest extends AttentionRequest, Pooling {
  readonly head: number;
  /** They begin at multiples of step. */
  readonly queries: Range;
  readonly keys: Range;
  /** Queries and keys in a cell; 1 is exact. */
  readonly step: number;
  readonly pool: Pool;
}

export interface AttentionTile {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] cells; 0 above the diagonal of a causal model. */
  readonly data: Float32Array;
}

export interface RowRequest extends AttentionRequest {
  /** One head, or (null) every head of the layer. */
  readonly head: number | null;
  readonly query: number;
}

export interface ColumnRequest extends AttentionRequest {
  readonly head: number | null;
  readonly key: number;
}

export interface AttentionLine {
  readonly heads: number;
  readonly tokens: number;
  /** [heads, tokens] */
  readonly data: Float32Array;
}

export interface TopRequest extends AttentionRequest {
  readonly head: number | null;
  readonly queries: Range;
  /** Keys of each query. */
  readonly keep: number;
}

export interface AttentionTop {
  readonly heads: number;
  readonly queries: Range;
  readonly keep: number;
  /** [heads, queries, keep], largest weight first; where a query sees fewer keys the rest is weight 0 at key 0. */
  readonly keys: Uint32Array;
  readonly weights: Float32Array;
  /** [heads, queries]: the part of the query's whole row that these hold, 0 to 1. */
  readonly share: Float32Array;
}
