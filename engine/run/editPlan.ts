/**
 * Edits become one affine map per site and layer: x -> x * scale + add (scores: an additive bias), fed as graph inputs
 * that broadcast over every axis on which they don't vary. Edits of one site compose in the order given;
 * edits of different sites act in the order of the graph.
 */
import type { Axis } from '../terms/axes.ts';
import { isAxis } from '../terms/axes.ts';
import type { Edit, EditValue } from '../terms/edits.ts';
import type { Site } from '../terms/sites.ts';
import { sites } from '../terms/sites.ts';
import type { Family } from '../arch/architecture.ts';
import type { Batch } from './batch.ts';
import { isVisible } from './batch.ts';
import { actsAt, axisWidth, isScoped, selects, siteAxes } from './editPlaces.ts';
import { hideKeys, isHiding } from './hiddenKeys.ts';
import type { Feed } from './ort.ts';

/** Which slots the program's axes stand for. */
export interface Slots {
  /** Slots of the query positions (axis P), in order. */
  readonly queries: readonly number[];
  /** Slots of the positions whose keys and values are computed in this program (axis P or T at sites k and v). */
  readonly stream: readonly number[];
  /** Number of keys (axis K): slots 0 .. keys - 1. */
  readonly keys: number;
}

/** Edits of one layer (or of the model's own sites), by site. */
export type SiteEdits = ReadonlyMap<Site, readonly Edit[]>;

/** The edits of a layer, or with `null` those at sites of the whole model. */
export function editsAt(edits: readonly Edit[], layer: number | null): SiteEdits {
  const found = new Map<Site, Edit[]>();
  for (const edit of edits) {
    const perLayer = sites[edit.site].per === 'layer';
    if (perLayer !== (layer !== null)) continue;
    if (layer !== null && edit.layers !== undefined && !edit.layers.includes(layer)) continue;
    found.set(edit.site, [...(found.get(edit.site) ?? []), edit]);
  }
  return found;
}

export interface AffineFeeds {
  readonly scale: Feed;
  readonly add: Feed;
}

/** scale and add for one site; their shapes go with the site's axes, 1 where nothing varies. */
export function affineFeeds(
  site: Site,
  edits: readonly Edit[],
  layer: number | null,
  family: Family,
  batch: Batch,
  slots: Slots,
): AffineFeeds {
  const hiding = edits.filter(isHiding);
  const affine = hiding.length === 0 ? edits : edits.filter((edit) => !isHiding(edit));
  const space = editSpace(site, affine, family, batch, slots);
  const scale = new Float32Array(space.size).fill(1);
  const add = new Float32Array(space.size);
  for (const edit of affine) applyEdit(edit, space, scale, add, { family, batch, layer });
  const feeds = { scale: { data: scale, shape: space.shape }, add: { data: add, shape: space.shape } };
  if (hiding.length === 0) return feeds;
  const whole = editSpace(site, edits, family, batch, slots);
  const data = stretched(add, space.shape, whole);
  hideKeys({ data, shape: whole.shape, slots: whole.slots }, hiding, batch);
  return { scale: feeds.scale, add: { data, shape: whole.shape } };
}

/** Values of axes some of which are 1, repeated along those of the larger space. */
function stretched(data: Float32Array, shape: readonly number[], { shape: to, size }: EditSpace): Float32Array {
  if (data.every((value) => value === data[0])) return new Float32Array(size).fill(data[0] ?? 0);
  const larger = new Float32Array(size);
  visit(to.map(indices), to, (index, flat) => {
    larger[flat] = data[index.reduce((at, i, axis) => at * (shape[axis] ?? 1) + (shape[axis] === 1 ? 0 : i), 0)] ?? 0;
  });
  return larger;
}

interface EditSpace {
  readonly axes: readonly Axis[];
  /** Full size, or 1 where no edit varies. */
  readonly shape: readonly number[];
  readonly size: number;
  /** Slot of each index of P (or T). */
  readonly slots: readonly number[];
}

interface EditScene {
  readonly family: Family;
  readonly batch: Batch;
  readonly layer: number | null;
}

function editSpace(site: Site, edits: readonly Edit[], family: Family, batch: Batch, slots: Slots): EditSpace {
  const letters = siteAxes(site);
  const positions = site === 'k' || site === 'v' ? slots.stream : slots.queries;
  const full = (axis: Axis): number => {
    if (axis === 'B') return batch.rows;
    if (axis === 'P') return positions.length;
    if (axis === 'K') return slots.keys;
    return axisWidth(axis, family);
  };
  const shape = letters.map((axis) => (edits.some((edit) => variesOver(edit, axis, batch)) ? full(axis) : 1));
  return { axes: letters, shape, size: shape.reduce((product, n) => product * n, 1), slots: positions };
}

function variesOver(edit: Edit, axis: Axis, batch: Batch): boolean {
  const { operation } = edit;
  const ragged = batch.lengths.some((length) => length !== batch.lengths[0]);
  const hasValue = 'value' in operation;
  if (hasValue && valueSize(operation.value, axis) > 1) return true;
  // What is put at a key must not reach the padding of shorter rows.
  const spares = ragged && hasValue && siteAxes(edit.site).includes('K');
  if (spares && (axis === 'B' || axis === 'K')) return true;
  const spreads = operation.kind === 'mix' || operation.kind === 'stream';
  if (axis === 'B') return edit.rows !== undefined || dependsOnRow(edit, ragged, batch);
  if (axis === 'P') return edit.positions !== undefined || isScoped(edit) || spreads;
  if (axis === 'K') return edit.keys !== undefined || spreads;
  return (axis === 'N' || axis === 'G') && edit.heads !== undefined;
}

/** Do rows of other lengths, padding or prompts have it at other slots? */
function dependsOnRow(edit: Edit, ragged: boolean, batch: Batch): boolean {
  const { operation, positions = [], keys = [] } = edit;
  if (isScoped(edit) && batch.prompts.some((prompt) => prompt !== batch.prompts[0])) return true;
  if (!ragged) return false;
  if (operation.kind === 'mix' || [...positions, ...keys].some((position) => position < 0)) return true;
  const isPlaced = positions.length > 0 || keys.length > 0 || isScoped(edit) || operation.kind === 'stream';
  return (isPlaced || 'value' in operation) && batch.offsets.some((offset) => offset !== 0);
}

/** Only where the edit acts: most edits of a batch with one edit a row act on a small part of it. */
function applyEdit(edit: Edit, space: EditSpace, scale: Float32Array, add: Float32Array, scene: EditScene): void {
  for (const places of chosenPlaces(edit, space, scene.batch)) {
    visit(places, space.shape, (index, flat) => {
      const [times, plus] = affineAt(edit, index, space, scene);
      scale[flat] = (scale[flat] ?? 1) * times;
      add[flat] = (add[flat] ?? 0) * times + plus;
    });
  }
}

/** Per row that the edit acts on (one for all, where rows don't differ), its indices along each axis. */
function* chosenPlaces(edit: Edit, space: EditSpace, batch: Batch): Generator<readonly (readonly number[])[]> {
  const rows = space.axes.includes('B') ? (space.shape[space.axes.indexOf('B')] ?? 1) : 1;
  for (let row = 0; row < rows; row++) {
    if (edit.rows !== undefined && !edit.rows.includes(row)) continue;
    yield space.axes.map((axis, i) =>
      axis === 'B' ? [row] : chosenAlong(edit, axis, row, space.shape[i] ?? 1, { space, batch }),
    );
  }
}

function chosenAlong(
  edit: Edit,
  axis: Axis,
  row: number,
  size: number,
  { space, batch }: { readonly space: EditSpace; readonly batch: Batch },
): readonly number[] {
  const all = indices(size);
  if (axis === 'N' || axis === 'G') return all.filter((at) => edit.heads?.includes(at) ?? true);
  if (axis === 'P') return all.filter((at) => actsAt(edit, space.slots[at] ?? 0, row, batch));
  if (axis !== 'K') return all;
  const real = size === 1 ? all : all.filter((at) => !isPaddingSlot(at, row, batch));
  return real.filter((at) => edit.keys === undefined || selects(edit.keys, at, row, batch));
}

/** Every combination of indices, in row-major order, with its place in values of this shape. */
function visit(
  places: readonly (readonly number[])[],
  shape: readonly number[],
  act: (index: readonly number[], flat: number) => void,
): void {
  const index: number[] = [];
  const along = (axis: number, flat: number): void => {
    const chosen = places[axis];
    if (chosen === undefined) return act(index, flat);
    for (const at of chosen) {
      index[axis] = at;
      along(axis + 1, flat * (shape[axis] ?? 1) + at);
    }
  };
  along(0, 0);
}

function indices(size: number): readonly number[] {
  return Array.from({ length: size }, (_, i) => i);
}

function isPaddingSlot(slot: number, row: number, batch: Batch): boolean {
  const position = slot - (batch.offsets[row] ?? 0);
  return position < 0 || position >= (batch.lengths[row] ?? 0);
}

function indexOf(axis: Axis, index: readonly number[], space: EditSpace): number | undefined {
  const at = space.axes.indexOf(axis);
  return at < 0 ? undefined : index[at];
}

/** [scale, add] of one edit at one index. */
function affineAt(edit: Edit, index: readonly number[], space: EditSpace, scene: EditScene): readonly [number, number] {
  const { operation } = edit;
  switch (operation.kind) {
    case 'zero':
      return [0, 0];
    case 'scale':
      return [operation.by, 0];
    case 'add':
      return [1, operation.times * valueAt(operation.value, index, space, scene.batch)];
    case 'replace':
    case 'mean':
    case 'resample':
      return [0, valueAt(operation.value, index, space, scene.batch)];
    case 'mask':
    case 'stream':
      throw new RangeError(`${operation.kind} is no affine edit`);
    case 'mix':
      return [1 - operation.share, operation.share * targetAt(operation.towards, index, space, scene)];
  }
}

/** Target of `mix`: 1 on the query itself, or 1 / (visible keys) on each visible key. */
function targetAt(
  towards: 'identity' | 'uniform',
  index: readonly number[],
  space: EditSpace,
  scene: EditScene,
): number {
  const { batch, family, layer } = scene;
  const row = indexOf('B', index, space) ?? 0;
  const query = space.slots[indexOf('P', index, space) ?? 0] ?? 0;
  const key = indexOf('K', index, space) ?? 0;
  if (towards === 'identity') return query === key ? 1 : 0;
  const sees = (k: number) =>
    isVisible(batch, family.causal, layer === null ? null : family.windowOf(layer), row, query, k);
  if (!sees(key)) return 0;
  let visible = 0;
  for (let k = 0; k < batch.slots; k++) visible += sees(k) ? 1 : 0;
  return 1 / visible;
}

/** A value's P and K axes are positions of the row (not slots); values shorter than the row were refused by checkEdits. */
function valueAt(value: EditValue, index: readonly number[], space: EditSpace, batch: Batch): number {
  const row = indexOf('B', index, space) ?? 0;
  const letters = value.axes.split(' ');
  let flat = 0;
  for (const [i, letter] of letters.entries()) {
    const size = value.shape[i] ?? 1;
    const at = isAxis(letter) ? (indexOf(letter, index, space) ?? 0) : 0;
    const slot = letter === 'P' ? (space.slots[at] ?? 0) : at;
    const position = letter === 'P' || letter === 'K' ? Math.max(0, slot - (batch.offsets[row] ?? 0)) : at;
    flat = flat * size + (size === 1 ? 0 : Math.min(position, size - 1));
  }
  return value.data[flat] ?? 0;
}

function valueSize(value: EditValue, axis: Axis): number {
  return value.shape[value.axes.split(' ').indexOf(axis)] ?? 1;
}
