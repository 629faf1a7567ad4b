/** Thumbnails of all heads as they come, layer by layer. */
import type { EventOf } from '../../../engine/results/contract.ts';
import type { WallAtlas } from '../../marks/attentionWall/attentionWall.tsx';

export interface Wall {
  readonly done: number;
  readonly total: number;
  /** Null until the first layer has come. */
  readonly atlas: WallAtlas | null;
}

export function foldWall(wall: Wall | null, event: EventOf<'attentionWall'>): Wall {
  if (event.kind === 'progress') return { atlas: wall?.atlas ?? null, done: event.done, total: event.total };
  const total = wall?.total ?? event.layer + 1;
  const atlas = wall?.atlas ?? emptyAtlas(total * event.heads, event.cells);
  putLayer(atlas, event);
  return { total, done: event.layer + 1, atlas: { ...atlas, version: atlas.version + 1 } };
}

function emptyAtlas(heads: number, cells: number): WallAtlas {
  return { cells, data: new Uint8Array(heads * cells * cells), ready: new Uint8Array(heads), version: 0 };
}

/** Bytes stand for shares of the layer's largest value; where that is a weight, at most 1, they become weights. */
function putLayer(atlas: WallAtlas, event: Extract<EventOf<'attentionWall'>, { kind: 'layer' }>): void {
  const { layer, heads, cells, largest, data } = event;
  const scale = Math.min(1, largest);
  const from = layer * heads;
  atlas.data.set(
    data.map((byte) => Math.round(byte * scale)),
    from * cells * cells,
  );
  atlas.ready.fill(1, from, from + heads);
}
