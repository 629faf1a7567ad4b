/** Values at sites as rows for dictionaries: a row a token, or a row a token and head. */
import type { Family } from '../../engine/arch/architecture.ts';
import type { Activations, Capture, Model } from '../../engine/run/index.ts';
import { axisSize } from '../../engine/tensor/tensor.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { DictionaryInput } from '../input.ts';
import type { Rows } from '../rows.ts';

export type Place = Pick<DictionaryInput, 'site' | 'layer' | 'head'>;

/** Token p of row b of a batch. */
export interface TokenPlace {
  readonly row: number;
  readonly position: number;
}

/** Layers that a place reads. Throws Fault for a site, a layer or a head that the model lacks. */
export function layersOf({ site, layer, head }: Place, { shape, lacks }: Family): readonly number[] {
  if (lacks[site] !== undefined) throw new Fault({ what: `this model has no site ${site}: ${lacks[site]}` });
  const refuse = (what: string, count: number, got: number): never => {
    throw new Fault({ what, where: site, expected: `0 to ${count - 1}`, got: String(got) });
  };
  if (layer !== null && layer >= shape.layers) refuse('layer out of range', shape.layers, layer);
  if (typeof head === 'number' && head >= shape.heads) refuse('head out of range', shape.heads, head);
  return layer === null ? Array.from({ length: shape.layers }, (_, each) => each) : [layer];
}

/** Width of its rows, and how many there are a token. */
export function rowForm(place: Place, { shape }: Family): { readonly width: number; readonly perToken: number } {
  const own = place.site === 'z' ? shape.headWidth : shape.width;
  const layers = place.layer === null ? shape.layers : 1;
  if (place.head === 'concatenated') return { width: own * shape.heads, perToken: layers };
  return { width: own, perToken: layers * (place.head === 'each' ? shape.heads : 1) };
}

/** What a forward pass must keep for these places. */
export function captureFor(places: readonly Place[], family: Family): Capture[] {
  const layers = new Map<Place['site'], Set<number>>();
  for (const place of places) {
    const wanted = layers.get(place.site) ?? new Set<number>();
    layersOf(place, family).forEach((layer) => wanted.add(layer));
    layers.set(place.site, wanted);
  }
  return [...layers].map(([site, wanted]) => ({ site, layers: [...wanted].sort((a, b) => a - b) }));
}

/** [tokens perToken, width]: of each token, layer by layer, then head by head. Value bias kept, nothing centred. */
export function placeRows(activations: Activations, place: Place, tokens: readonly TokenPlace[], family: Family): Rows {
  const { width, perToken } = rowForm(place, family);
  const data = new Float32Array(tokens.length * perToken * width);
  const perLayer = (perToken * width) / layersOf(place, family).length;
  layersOf(place, family).forEach((layer, i) => {
    const values = activations.get(place.site, layer);
    tokens.forEach((token, t) =>
      data.set(tokenValues(values, token, place, perLayer), t * perToken * width + i * perLayer),
    );
  });
  return { width, data };
}

/** A layer's values of one token: [N H] or [D], or the one head's part of it. */
function tokenValues(values: Tensor, { row, position }: TokenPlace, { head }: Place, length: number): Float32Array {
  const slots = axisSize(values, 'P');
  const perToken = values.data.length / (axisSize(values, 'B') * slots);
  const start = (row * slots + position) * perToken + (typeof head === 'number' ? head * length : 0);
  return values.data.subarray(start, start + length);
}

/** Rows of several places side by side: columns of the first, then of the second ... All have as many rows a token. */
function sideBySide(parts: readonly Rows[]): Rows {
  const [first] = parts;
  if (first === undefined) throw new RangeError('rows: expected at least one place');
  if (parts.length === 1) return first;
  const count = first.data.length / first.width;
  const width = parts.reduce((sum, part) => sum + part.width, 0);
  const data = new Float32Array(count * width);
  let column = 0;
  for (const part of parts) {
    if (part.data.length / part.width !== count) throw new RangeError(`rows: expected ${count} of each place`);
    for (let row = 0; row < count; row++)
      data.set(part.data.subarray(row * part.width, (row + 1) * part.width), row * width + column);
    column += part.width;
  }
  return { width, data };
}

export interface WindowRows {
  readonly rows: Rows;
  /** Token ids of the windows that were run, and the token of each row (or of each `perToken` of them). */
  readonly ids: readonly (readonly number[])[];
  readonly tokens: readonly TokenPlace[];
}

export interface SiteRowsRequest {
  /** Windows of token ids. */
  readonly windows: readonly (readonly number[])[];
  readonly places: readonly Place[];
  /** Tokens of a window that give no row, from its start: 1 where it begins with BOS. */
  readonly skip: number;
  readonly signal?: AbortSignal;
}

/** Tokens of a forward pass. */
const TOKENS_PER_BATCH = 2048;

/** Rows of windows, some windows at a time, in their order. Places share one forward pass, so each must have as many rows a token. */
export async function* siteRows(model: Model, request: SiteRowsRequest): AsyncGenerator<WindowRows, void, void> {
  const { windows, places, skip, signal } = request;
  const capture = captureFor(places, model.family);
  for (const ids of windowBatches(windows)) {
    const forward = { ids, capture, logits: 'none' } as const;
    const activations = await model.forward(signal === undefined ? forward : { ...forward, signal });
    const tokens = ids.flatMap((window, row) =>
      Array.from({ length: rowTokens(window, skip) }, (_, i) => ({ row, position: skip + i })),
    );
    yield { rows: sideBySide(places.map((place) => placeRows(activations, place, tokens, model.family))), ids, tokens };
  }
}

/** Tokens of a window that give rows. */
export function rowTokens(window: readonly number[], skip: number): number {
  return Math.max(0, window.length - skip);
}

/** The windows of each forward pass, in their order. Those of a beginning of the list are the same as of the whole, but for the last. */
export function windowBatches(windows: readonly (readonly number[])[]): readonly (readonly (readonly number[])[])[] {
  const batches: (readonly (readonly number[])[])[] = [];
  for (let from = 0; from < windows.length;) {
    const batch = windows.slice(from, from + windowsThatFit(windows, from));
    from += batch.length;
    batches.push(batch);
  }
  return batches;
}

function windowsThatFit(windows: readonly (readonly number[])[], from: number): number {
  let longest = 0;
  for (let count = 0; from + count < windows.length; count++) {
    longest = Math.max(longest, windows[from + count]?.length ?? 0);
    if (count > 0 && (count + 1) * longest > TOKENS_PER_BATCH) return count;
  }
  return windows.length - from;
}
