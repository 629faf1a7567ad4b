/** `{"layer": [index, ...]}`. Imports terms and results only. */
import { Fault } from '../terms/fault.ts';
import type { Place } from './headKey.ts';
import { requireOnce } from './headLists.ts';
import { isObject } from './isObject.ts';
import { shown } from './shown.ts';

const LAYER = /^\d{1,9}$/;

/** Does every key name a layer, and hold a list? */
export function isByLayer(value: unknown): boolean {
  if (!isObject(value)) return false;
  const entries = Object.entries(value);
  return entries.length > 0 && entries.every(([key, list]) => LAYER.test(key) && Array.isArray(list));
}

/** Throws Fault for a key that is no layer, what is no index, and one that is listed twice. */
export function readLayerLists(value: unknown, where: string): Place[] {
  if (!isObject(value)) throw new Fault({ what: 'not an object', where, expected: '{"layer": [index, ...]}' });
  const places = Object.entries(value).flatMap(([key, list]) => {
    if (!LAYER.test(key)) throw new Fault({ what: 'no layer', where, expected: 'its number', got: key.slice(0, 60) });
    if (!Array.isArray(list))
      throw new Fault({ what: 'not a list', where: `${where}: layer ${key}`, expected: '[index, ...]' });
    return list.map((index: unknown) => ({ layer: Number(key), index: indexOf(index, `${where}: layer ${key}`) }));
  });
  requireOnce(places, where);
  return places;
}

function indexOf(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Fault({
    what: 'no index',
    where,
    expected: 'an integer from 0',
    got: shown(value),
  });
}

/** Layers without any are left out. */
export function layerLists(places: readonly Place[]): Record<string, number[]> {
  const lists: Record<string, number[]> = {};
  for (const { layer, index } of places) (lists[layer] ??= []).push(index);
  return lists;
}
