/** What a sweep puts in place of parts of a run, as feeds of a batch in which every copy of the prompts has its own parts replaced. */
import type { Family } from '../arch/architecture.ts';
import type { Site } from '../terms/sites.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize, tensor } from '../tensor/tensor.ts';
import type { Batch } from './batch.ts';
import type { AffineFeeds } from './editPlan.ts';
import type { AffineBySite } from './pass.ts';

/** Sites of one layer that are replaced, or some heads or positions of them. */
export interface Replacement {
  readonly layer: number;
  readonly sites: readonly Site[];
  /** Query heads, at z and scores; all of the site where omitted. */
  readonly heads?: readonly number[];
  /** Counted from the end of the prompt: -1 is the last token. All where omitted. */
  readonly positions?: readonly number[];
}

/**
 * What comes in its place: nothing (zero), the mean over prompts at each position, another prompt's value, the value itself
 * times a factor, or, at the scores, what gives every visible key the same weight.
 */
export type SweepKind = 'zero' | 'mean' | 'resample' | 'scale' | 'uniform';

export interface ReplacementScene {
  readonly family: Family;
  /** One copy of the prompts. */
  readonly clean: Batch;
  readonly layer: number;
  readonly kind: SweepKind;
  /** Factor of `scale`. */
  readonly scaleBy: number;
  /** Slots that the program's axis P stands for. */
  readonly slots: readonly number[];
}

/** Copy c of the prompts has `copies[c]` replaced; parts of other layers are left out. */
export function replacementFeeds(
  copies: readonly (readonly Replacement[])[],
  values: ReadonlyMap<Site, Tensor>,
  scene: ReplacementScene,
): AffineBySite {
  const here = copies.map((parts) => parts.filter(({ layer }) => layer === scene.layer));
  const sites = new Set(here.flatMap((parts) => parts.flatMap((part) => part.sites)));
  return new Map(
    [...sites].map((site) => {
      const parts = here.map((own) => own.filter((part) => part.sites.includes(site)));
      return [site, site === 'scores' ? evenFeeds(parts, scene) : valueFeeds(site, parts, values.get(site), scene)];
    }),
  );
}

/** Sites whose value at a position is one vector for each head. */
const headSites: ReadonlySet<Site> = new Set<Site>(['z']);

function valueFeeds(
  site: Site,
  copies: readonly (readonly Replacement[])[],
  value: Tensor | undefined,
  { family, clean, kind, scaleBy, slots }: ReplacementScene,
): AffineFeeds {
  const perHead = headSites.has(site);
  const groups = perHead ? family.shape.heads : 1;
  const width = perHead ? family.shape.headWidth : family.shape.width;
  const selects = copies.some((parts) => parts.some(({ positions }) => positions !== undefined));
  const places = selects ? slots : [null];
  const rows = copies.length * clean.rows;
  const shape = (b: number, p: number, n: number, h: number) => (perHead ? [b, p, n, h] : [b, p, h]);
  const isReplaced = (row: number, slot: number | null, group: number) =>
    (copies[Math.floor(row / clean.rows)] ?? []).some(
      ({ heads, positions }) =>
        (!perHead || (heads?.includes(group) ?? true)) &&
        (positions === undefined || (slot !== null && positions.includes(slot - clean.slots))),
    );
  const factor = kind === 'scale' ? scaleBy : 0;
  const scale = new Float32Array(rows * places.length * groups).fill(1);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (const slot of places) {
      for (let group = 0; group < groups; group++, at++) if (isReplaced(row, slot, group)) scale[at] = factor;
    }
  }
  const scaleFeed = { data: scale, shape: shape(rows, places.length, groups, 1) };
  if (value === undefined) return { scale: scaleFeed, add: { data: new Float32Array(1), shape: shape(1, 1, 1, 1) } };
  const add = new Float32Array(rows * slots.length * groups * width);
  const valueRows = axisSize(value, 'B');
  for (let row = 0; row < rows; row++) {
    const from = valueRows === 1 ? 0 : row % clean.rows;
    for (let p = 0; p < slots.length; p++) {
      for (let group = 0; group < groups; group++) {
        if (scale[(row * places.length + (selects ? p : 0)) * groups + group] !== 0) continue;
        const source = ((from * clean.slots + (slots[p] ?? 0)) * groups + group) * width;
        add.set(value.data.subarray(source, source + width), ((row * slots.length + p) * groups + group) * width);
      }
    }
  }
  return { scale: scaleFeed, add: { data: add, shape: shape(rows, slots.length, groups, width) } };
}

/** Scores times 0 for the replaced heads: exp(0) for every key that the mask leaves, so A_qk = 1 / (keys that q sees). */
function evenFeeds(
  copies: readonly (readonly Replacement[])[],
  { family: { shape }, clean }: ReplacementScene,
): AffineFeeds {
  const scale = copies.flatMap((parts) => {
    const perHead = Array.from({ length: shape.heads }, (_, head) =>
      parts.some(({ heads }) => heads?.includes(head) ?? true) ? 0 : 1,
    );
    return Array.from({ length: clean.rows }, () => perHead).flat();
  });
  return {
    scale: { data: Float32Array.from(scale), shape: [copies.length * clean.rows, shape.heads, 1, 1] },
    add: { data: new Float32Array(1), shape: [1, 1, 1, 1] },
  };
}

/** Mean over the rows that have a token at the slot: [B 1, P, ...], summed in float64. */
export function meanOverRows(x: Tensor, batch: Batch): Tensor {
  const perRow = x.data.length / batch.rows;
  const perSlot = perRow / batch.slots;
  const sums = new Float64Array(perRow);
  const counts = new Float64Array(batch.slots);
  for (let row = 0; row < batch.rows; row++) {
    for (let slot = batch.offsets[row] ?? 0; slot < batch.slots; slot++) {
      counts[slot] = (counts[slot] ?? 0) + 1;
      for (let i = slot * perSlot; i < (slot + 1) * perSlot; i++)
        sums[i] = (sums[i] ?? 0) + (x.data[row * perRow + i] ?? 0);
    }
  }
  const data = Float32Array.from(sums, (sum, i) => sum / Math.max(1, counts[Math.floor(i / perSlot)] ?? 1));
  return tensor(
    data,
    x.axes.map((entry) => (entry.axis === 'B' ? { axis: entry.axis, size: 1 } : entry)),
  );
}
