/**
 * Edits become one affine map per site and layer: x -> x * scale + add (scores: an additive bias), fed as graph inputs
 * that broadcast over every axis on which they don't vary. Edits of one site compose in the order given;
 * edits of different sites act in the order of the graph.
 */
import type { Axis } from '../terms/axes.ts';
import { axes as axisMeanings, isAxis } from '../terms/axes.ts';
import type { Edit, EditValue } from '../terms/edits.ts';
import { Fault } from '../terms/fault.ts';
import type { Site } from '../terms/sites.ts';
import { isSite, sites } from '../terms/sites.ts';
import type { Family } from '../arch/architecture.ts';
import type { Batch } from './batch.ts';
import { isVisible } from './batch.ts';
import type { Feed } from './ort.ts';

/** Added to a masked score: far below any score, far above the causal mask's value, so their sum stays finite. */
const MASKED = -1e30;

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

/** Throws Fault for an unknown or lacking site, an index out of range, an operation or a value that does not fit the site. */
export function checkEdits(edits: readonly Edit[], family: Family, batch: Batch): void {
  edits.forEach((edit, i) => checkEdit(edit, family, batch, `edit ${i + 1} (${edit.site})`));
}

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
  const space = editSpace(site, edits, family, batch, slots);
  const scale = new Float32Array(space.size).fill(1);
  const add = new Float32Array(space.size);
  for (const edit of edits) applyEdit(edit, space, scale, add, { family, batch, layer });
  return { scale: { data: scale, shape: space.shape }, add: { data: add, shape: space.shape } };
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
  const selectsFromEnd = [...(edit.positions ?? []), ...(edit.keys ?? [])].some((position) => position < 0);
  const shifted = batch.offsets.some((offset) => offset !== 0);
  const selectsPositions = edit.positions !== undefined || edit.keys !== undefined;
  if ('value' in operation && valueSize(operation.value, axis) > 1) return true;
  // What is put at a key must not reach the padding of shorter rows.
  const spares = ragged && 'value' in operation && siteAxes(edit.site).includes('K');
  if (spares && (axis === 'B' || axis === 'K')) return true;
  if (axis === 'B') {
    const rowDependent = ragged && (selectsFromEnd || (shifted && (selectsPositions || 'value' in operation)));
    return edit.rows !== undefined || rowDependent || (operation.kind === 'mix' && ragged);
  }
  if (axis === 'P') return edit.positions !== undefined || operation.kind === 'mix';
  if (axis === 'K') return edit.keys !== undefined || operation.kind === 'mix';
  return (axis === 'N' || axis === 'G') && edit.heads !== undefined;
}

function applyEdit(edit: Edit, space: EditSpace, scale: Float32Array, add: Float32Array, scene: EditScene): void {
  const index = space.shape.map(() => 0);
  for (let flat = 0; flat < space.size; flat++) {
    if (isSelected(edit, index, space, scene.batch)) {
      const [times, plus] = affineAt(edit, index, space, scene);
      scale[flat] = (scale[flat] ?? 1) * times;
      add[flat] = (add[flat] ?? 0) * times + plus;
    }
    step(index, space.shape);
  }
}

/** The next index in row-major order. */
function step(index: number[], shape: readonly number[]): void {
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = (index[axis] ?? 0) + 1;
    if ((index[axis] ?? 0) < (shape[axis] ?? 1)) return;
    index[axis] = 0;
  }
}

function isSelected(edit: Edit, index: readonly number[], space: EditSpace, batch: Batch): boolean {
  const row = indexOf('B', index, space) ?? 0;
  return space.axes.every((axis, i) => {
    const at = index[i] ?? 0;
    if (axis === 'K' && (space.shape[i] ?? 1) > 1 && isPaddingSlot(at, row, batch)) return false;
    if (axis === 'B') return edit.rows?.includes(at) ?? true;
    if (axis === 'N' || axis === 'G') return edit.heads?.includes(at) ?? true;
    if (axis === 'P') return edit.positions === undefined || selects(edit.positions, space.slots[at] ?? 0, row, batch);
    if (axis === 'K') return edit.keys === undefined || selects(edit.keys, at, row, batch);
    return true;
  });
}

function isPaddingSlot(slot: number, row: number, batch: Batch): boolean {
  const position = slot - (batch.offsets[row] ?? 0);
  return position < 0 || position >= (batch.lengths[row] ?? 0);
}

/** Positions count from the row's first token, negative ones from its end. */
function selects(positions: readonly number[], slot: number, row: number, batch: Batch): boolean {
  const position = slot - (batch.offsets[row] ?? 0);
  return positions.includes(position) || positions.includes(position - (batch.lengths[row] ?? 0));
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
      return [1, MASKED];
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

// Checks.

function siteAxes(site: Site): Axis[] {
  return sites[site].axes.split(' ').filter(isAxis);
}

function axisWidth(axis: Axis, family: Family): number {
  const { shape } = family;
  const widths: Partial<Record<Axis, number>> = {
    N: shape.heads,
    G: shape.kvHeads,
    H: shape.headWidth,
    D: shape.width,
    M: shape.mlpWidth ?? 0,
    V: shape.outputVocabulary,
  };
  return widths[axis] ?? 1;
}

function checkEdit(edit: Edit, family: Family, batch: Batch, where: string): void {
  const { site, operation } = edit;
  if (!isSite(site))
    throw new Fault({ what: 'unknown site', where, expected: Object.keys(sites).join(', '), got: site });
  const lack = family.lacks[site];
  if (lack !== undefined) throw new Fault({ what: `this model has no site ${site}: ${lack}`, where });
  const letters = siteAxes(site);
  const longest = Math.max(...batch.lengths);
  const shortest = Math.min(...batch.lengths);
  checkSelector('layer', edit.layers, sites[site].per === 'layer' ? family.shape.layers : null, 0, where);
  const headAxis = letters.find((axis) => axis === 'N' || axis === 'G');
  checkSelector('head', edit.heads, headAxis === undefined ? null : axisWidth(headAxis, family), 0, where);
  checkSelector('position', edit.positions, letters.includes('P') ? longest : null, -shortest, where);
  checkSelector('key position', edit.keys, letters.includes('K') ? longest : null, -shortest, where);
  checkSelector('row', edit.rows, batch.rows, 0, where);
  if (operation.kind === 'mask' && site !== 'scores') throw wrongSite('mask', 'scores', site, where);
  if (operation.kind === 'mix' && site !== 'pattern') throw wrongSite('mix', 'pattern', site, where);
  if (operation.kind === 'mask') checkMask(edit, family, batch, where);
  if ('value' in operation) checkValue(operation.value, letters, family, batch, where);
  if ('by' in operation) checkFinite(operation.by, 'scale', where);
  if ('times' in operation) checkFinite(operation.times, 'times', where);
  if ('share' in operation) checkFinite(operation.share, 'share', where);
}

function checkFinite(value: number, what: string, where: string): void {
  if (!Number.isFinite(value)) throw new Fault({ what, where, expected: 'a finite number', got: String(value) });
}

function wrongSite(operation: string, expected: string, got: Site, where: string): Fault {
  return new Fault({ what: `${operation} works at one site only`, where, expected, got });
}

function checkSelector(
  what: string,
  chosen: readonly number[] | undefined,
  bound: number | null,
  least: number,
  where: string,
): void {
  if (chosen === undefined) return;
  if (bound === null) throw new Fault({ what: `this site has no ${what} axis`, where });
  if (chosen.length === 0) throw new Fault({ what: `empty list of ${what}s`, where, expected: 'at least one' });
  const bad = chosen.find((index) => !Number.isInteger(index) || index < least || index >= bound);
  if (bad === undefined) return;
  throw new Fault({ what: `${what} out of range`, where, expected: `${least} to ${bound - 1}`, got: String(bad) });
}

/** A query must keep at least one key, else its row of the pattern has no meaning. */
function checkMask(edit: Edit, family: Family, batch: Batch, where: string): void {
  const layers = edit.layers ?? Array.from({ length: family.shape.layers }, (_, layer) => layer);
  const windows = new Set(layers.map((layer) => family.windowOf(layer)));
  for (let row = 0; row < batch.rows; row++) {
    if (edit.rows !== undefined && !edit.rows.includes(row)) continue;
    const from = batch.offsets[row] ?? 0;
    for (let query = from; query < from + (batch.lengths[row] ?? 0); query++) {
      if (edit.positions !== undefined && !selects(edit.positions, query, row, batch)) continue;
      for (const window of windows) requireVisibleKey(edit, family, batch, { row, query, window }, where);
    }
  }
}

function requireVisibleKey(
  edit: Edit,
  family: Family,
  batch: Batch,
  at: { readonly row: number; readonly query: number; readonly window: number | null },
  where: string,
): void {
  for (let key = 0; key < batch.slots; key++) {
    const visible = isVisible(batch, family.causal, at.window, at.row, at.query, key);
    if (visible && edit.keys !== undefined && !selects(edit.keys, key, at.row, batch)) return;
  }
  throw new Fault({
    what: 'mask hides every key that the query sees',
    where: `${where}, row ${at.row}, query ${at.query - (batch.offsets[at.row] ?? 0)}`,
    expected: 'at least one key left (to silence a head use z=zero)',
  });
}

function checkValue(value: EditValue, letters: readonly Axis[], family: Family, batch: Batch, where: string): void {
  const given = value.axes.split(' ').filter((letter) => letter !== '');
  const size = value.shape.reduce((product, n) => product * n, 1);
  if (given.length !== value.shape.length || size !== value.data.length) {
    throw new Fault({
      what: 'value of an edit',
      where,
      expected: `${size} numbers for axes '${value.axes}'`,
      got: String(value.data.length),
    });
  }
  given.forEach((letter, i) => {
    if (!isAxis(letter) || !letters.includes(letter)) {
      throw new Fault({
        what: 'value with an axis that the site lacks',
        where,
        expected: `of ${letters.join(' ')}`,
        got: letter,
      });
    }
    const expected = fullSize(letter, family, batch);
    const got = value.shape[i] ?? 0;
    if (got === 1 || got === expected) return;
    throw new Fault({
      what: `value of an edit, axis ${letter} (${axisMeanings[letter]})`,
      where,
      expected: `1 or ${expected}`,
      got: String(got),
    });
  });
  const bad = value.data.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0)
    throw new Fault({
      what: 'value of an edit',
      where,
      expected: 'finite numbers',
      got: `${value.data[bad]} at ${bad}`,
    });
}

function fullSize(axis: Axis, family: Family, batch: Batch): number {
  if (axis === 'B') return batch.rows;
  if (axis === 'P' || axis === 'K') return Math.max(...batch.lengths);
  return axisWidth(axis, family);
}
