/** The numbers of two runs over the same heads. */
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { measuresOfRun } from '../../api/measuresOfRun.ts';
import type { RunTable } from '../../api/runTables.ts';
import type { HeadShape } from '../../marks/headShape.ts';

/** What a run says about heads, and which heads there are. */
export interface HeadRun {
  readonly measures: readonly HeadMeasure[];
  readonly shape: HeadShape;
  readonly fingerprint: string;
}

/** Null for runs that measure no heads: downloads, training, sets, grids, whole layers. */
export function headRun(run: string, table: RunTable | null): HeadRun | null {
  if (table === null || table.kind === 'rows') return null;
  const measures = measuresOfRun(run, table);
  if (measures.length === 0) return null;
  return { measures, shape: shapeOf(table), fingerprint: table.header.model.fingerprint };
}

function shapeOf({ header }: Exclude<RunTable, { readonly kind: 'rows' }>): HeadShape {
  const { layers, heads, kvHeads } = header.shape;
  const headsOf = 'perLayer' in header ? header.perLayer.map((layer) => layer.heads) : [];
  return { layers, heads, kvHeads, ...(headsOf.every((here) => here === heads) ? {} : { headsOf }) };
}

/** The end of a measure's id: what of the run it is. */
export function partOf({ id }: HeadMeasure): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** The measure that is asked for, else the one like the other run's, else the first. */
export function measureOf({ measures }: HeadRun, part: string | null, like: HeadMeasure | null): HeadMeasure | null {
  const find = (wanted: string | null) => measures.find((measure) => partOf(measure) === wanted);
  return find(part) ?? find(like === null ? null : partOf(like)) ?? measures[0] ?? null;
}

export function sameHeads(a: HeadShape, b: HeadShape): boolean {
  return a.layers === b.layers && a.heads === b.heads && String(a.headsOf ?? '') === String(b.headsOf ?? '');
}

/** a - b, head by head; NaN where one of the two is unknown. */
export function differenceOf(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value - (b[i] ?? NaN));
}
