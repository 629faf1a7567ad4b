/** The units of heads.json: each once, layer by layer, with all that is known of it. Imports results only. */
import type { HeadsUnit } from './headsSchema.ts';
import { granularities } from './standing.ts';

/** `head 3 1`, `mlp 3` */
export function unitKey({ unit, layer, head, kv_group }: HeadsUnit): string {
  return `${unit} ${layer} ${head ?? kv_group ?? ''}`.trimEnd();
}

/** Layer-major, by kind of unit within a layer; where both have a value under one id, the newer. */
export function mergeUnits(older: readonly HeadsUnit[], newer: readonly HeadsUnit[]): HeadsUnit[] {
  const merged = new Map(older.map((unit) => [unitKey(unit), unit]));
  for (const unit of newer) {
    const present = merged.get(unitKey(unit));
    merged.set(unitKey(unit), { ...present, ...unit, values: { ...present?.values, ...unit.values } });
  }
  const order = Object.keys(granularities);
  const rank = ({ layer, unit }: HeadsUnit) => layer * order.length + order.indexOf(unit);
  const index = ({ head, kv_group }: HeadsUnit) => head ?? kv_group ?? 0;
  return [...merged.values()].sort((a, b) => rank(a) - rank(b) || index(a) - index(b));
}
