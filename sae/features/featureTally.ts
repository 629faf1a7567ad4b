/**
 * What is kept of every feature while rows stream by: counts, a histogram, its strongest contexts and some drawn at random from
 * every stretch of its activations. Memory does not grow with the rows: per feature 64 counts, `strongest` records, and
 * `perQuantile` records in each of 8 stretches.
 *
 * The largest activation is known only at the end. So bins are as wide as a power of two, and where a value does not fit, they
 * double: two neighbours become one. Records of a stretch are those with the lowest of random priorities, which joins exactly:
 * of two samples the lowest together are the sample of both.
 */
import type { Random } from '../../engine/tensor/random.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import type { WindowCodes } from './featureRows.ts';

/** Half of a feature's bins lie above 0. */
const HALF = 32;
export const BINS = 2 * HALF;
/** Stretches of the positive bins that records are drawn from. */
const CELLS = 8;

export const contextGroups = ['strongest', '75 to 100 %', '50 to 75 %', '25 to 50 %', '0 to 25 %'] as const;

export interface TallySettings {
  /** F */
  readonly features: number;
  /** Contexts with the largest activation, one a window. */
  readonly strongest: number;
  /** Contexts of each quarter of the largest activation. */
  readonly perQuantile: number;
  readonly seed: number;
}

export interface FeatureCounts {
  readonly rows: number;
  /** [F] rows on which it is active. */
  readonly active: Int32Array;
  /** [F] mean activation of those rows; 0 where there are none. */
  readonly mean: Float32Array;
  /** [F] largest activation; 0 where there is none. */
  readonly largest: Float32Array;
  /** [F] width of a bin; 0 where it was never active. Bin b holds [(b - 32) width, (b - 31) width). */
  readonly step: Float32Array;
  /** [F BINS] */
  readonly counts: Int32Array;
}

/** One row that a context is about. */
export interface TallyContext {
  readonly feature: number;
  /** Place in `contextGroups`. */
  readonly group: number;
  readonly window: number;
  /** Row within the window. */
  readonly row: number;
  readonly value: number;
}

/** `slots` records a feature (or a feature and cell). */
interface Records {
  readonly slots: number;
  readonly value: Float32Array;
  readonly window: Int32Array;
  readonly row: Int32Array;
}

export class FeatureTally {
  readonly #settings: TallySettings;
  readonly #random: Random;
  #rows = 0;
  readonly #active: Int32Array;
  readonly #sum: Float64Array;
  readonly #largest: Float32Array;
  readonly #step: Float32Array;
  readonly #counts: Int32Array;
  /** Largest value first; 0: none. */
  readonly #strongest: Records;
  /** Lowest priority first; Infinity: none. */
  readonly #drawn: Records;
  readonly #priority: Float32Array;
  readonly #inWindow: WindowBest;

  constructor(settings: TallySettings) {
    const { features, strongest, perQuantile, seed } = settings;
    this.#settings = settings;
    this.#random = seededRandom(seed);
    this.#active = new Int32Array(features);
    this.#sum = new Float64Array(features);
    this.#largest = new Float32Array(features);
    this.#step = new Float32Array(features);
    this.#counts = new Int32Array(features * BINS);
    this.#strongest = records(features, strongest);
    this.#drawn = records(features * CELLS, perQuantile);
    this.#priority = new Float32Array(features * CELLS * perQuantile).fill(Infinity);
    this.#inWindow = new WindowBest(features, this.#random);
  }

  /** A window's rows, once. */
  add({ window, positions, perToken, codes }: WindowCodes): void {
    const rows = positions.length * perToken;
    this.#rows += rows;
    const { starts, indices, values } = codes;
    for (let row = 0; row < rows; row++) {
      for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) {
        const [feature, value] = [indices[at] as number, values[at] as number];
        this.#count(feature, value);
        if (value > 0) this.#inWindow.see(feature, value, row);
      }
    }
    this.#inWindow.take((feature, best, drawn) => {
      this.#keepStrongest(feature, best, window);
      if (this.#settings.perQuantile > 0) this.#draw(feature, drawn, window);
    });
  }

  counts(): FeatureCounts {
    return {
      ...{ rows: this.#rows, active: this.#active, largest: this.#largest, step: this.#step, counts: this.#counts },
      mean: Float32Array.from(this.#sum, (sum, f) => sum / Math.max(1, this.#active[f] as number)),
    };
  }

  /** Feature by feature, group by group, the largest activation first; a window stands at most once for a feature. */
  *contexts(): Generator<TallyContext> {
    for (let feature = 0; feature < this.#settings.features; feature++) {
      if (this.#active[feature] === 0) continue;
      const strongest = this.#strongestOf(feature);
      const known = new Set(strongest.map(({ window }) => window));
      const rest = this.#drawnOf(feature).filter(({ window }) => !known.has(window));
      for (const record of strongest) yield { feature, group: 0, ...record };
      for (const record of this.#byQuarter(rest, this.#largest[feature] as number)) yield { feature, ...record };
    }
  }

  #count(feature: number, value: number): void {
    this.#active[feature] = (this.#active[feature] as number) + 1;
    this.#sum[feature] = (this.#sum[feature] as number) + value;
    if (value > (this.#largest[feature] as number)) this.#largest[feature] = value;
    if (this.#step[feature] === 0) this.#step[feature] = firstStep(value);
    let bin = Math.floor(value / (this.#step[feature] as number));
    while (bin < -HALF || bin >= HALF) {
      this.#double(feature);
      bin = Math.floor(value / (this.#step[feature] as number));
    }
    const at = feature * BINS + HALF + bin;
    this.#counts[at] = (this.#counts[at] as number) + 1;
  }

  /** Bins 2 b and 2 b + 1 become bin b, on both sides of 0; in place, for b is read before it is written. */
  #double(feature: number): void {
    this.#step[feature] = (this.#step[feature] as number) * 2;
    const own = this.#counts.subarray(feature * BINS, (feature + 1) * BINS);
    for (let b = 0; b < HALF / 2; b++) {
      own[HALF + b] = (own[HALF + 2 * b] as number) + (own[HALF + 2 * b + 1] as number);
      own[HALF - 1 - b] = (own[HALF - 1 - 2 * b] as number) + (own[HALF - 2 - 2 * b] as number);
    }
    own.fill(0, HALF + HALF / 2);
    own.fill(0, 0, HALF / 2);
    this.#joinCells(feature);
  }

  #keepStrongest(feature: number, { value, row }: Seen, window: number): void {
    const { slots, value: values } = this.#strongest;
    const first = feature * slots;
    let place = first + slots - 1;
    if (slots === 0 || value <= (values[place] as number)) return;
    for (; place > first && (values[place - 1] as number) < value; place--) copy(this.#strongest, place - 1, place);
    put(this.#strongest, place, value, window, row);
  }

  #draw(feature: number, { value, row }: Seen, window: number): void {
    const cell = Math.floor((value / (this.#step[feature] as number)) * (CELLS / HALF));
    const place = this.#placeFor(feature * CELLS + Math.min(CELLS - 1, cell), this.#random.next());
    if (place !== null) put(this.#drawn, place, value, window, row);
  }

  /** Where a record of that priority goes, those after it moved along; null where it is none of the lowest. */
  #placeFor(cell: number, priority: number): number | null {
    const { slots } = this.#drawn;
    const first = cell * slots;
    let place = first + slots - 1;
    if (priority >= (this.#priority[place] as number)) return null;
    for (; place > first && (this.#priority[place - 1] as number) > priority; place--) this.#move(place - 1, place);
    this.#priority[place] = priority;
    return place;
  }

  #move(from: number, to: number): void {
    this.#priority[to] = this.#priority[from] as number;
    copy(this.#drawn, from, to);
  }

  /** Cells 2 c and 2 c + 1 become cell c; in place, as the bins. */
  #joinCells(feature: number): void {
    const { slots } = this.#drawn;
    const first = feature * CELLS;
    for (let cell = 0; cell < CELLS / 2; cell++) {
      for (let i = 0; i < slots && cell > 0; i++) {
        this.#move((first + 2 * cell) * slots + i, (first + cell) * slots + i);
      }
      for (let from = (first + 2 * cell + 1) * slots; from < (first + 2 * cell + 2) * slots; from++) {
        const place = this.#placeFor(first + cell, this.#priority[from] as number);
        if (place === null) break;
        copy(this.#drawn, from, place);
      }
    }
    this.#priority.fill(Infinity, (first + CELLS / 2) * slots, (first + CELLS) * slots);
  }

  #entriesOf(feature: number) {
    const { slots } = this.#drawn;
    const first = feature * CELLS * slots;
    return Array.from({ length: CELLS * slots }, (_, i) => ({
      cell: Math.floor(i / slots),
      priority: this.#priority[first + i] as number,
      record: recordAt(this.#drawn, first + i),
    })).filter(({ priority }) => priority < Infinity);
  }

  /** Lowest priority first. */
  #drawnOf(feature: number) {
    return this.#entriesOf(feature)
      .sort((a, b) => a.priority - b.priority)
      .map(({ record }) => record);
  }

  #byQuarter(drawn: ReturnType<typeof recordAt>[], largest: number) {
    const quarterOf = (value: number) => 4 - Math.min(3, Math.floor((4 * value) / largest));
    return [1, 2, 3, 4].flatMap((group) =>
      drawn
        .filter(({ value }) => quarterOf(value) === group)
        .slice(0, this.#settings.perQuantile)
        .sort((a, b) => b.value - a.value)
        .map((record) => ({ group, ...record })),
    );
  }

  #strongestOf(feature: number) {
    const { slots } = this.#strongest;
    return Array.from({ length: slots }, (_, i) => recordAt(this.#strongest, feature * slots + i)).filter(
      ({ value }) => value > 0,
    );
  }
}

interface Seen {
  readonly value: number;
  readonly row: number;
}

/** Of the features of one window: the row with the largest activation, and one drawn from all that are active. */
class WindowBest {
  readonly #random: Random;
  readonly #seen: Int32Array;
  readonly #best: Float32Array;
  readonly #bestRow: Int32Array;
  readonly #drawn: Float32Array;
  readonly #drawnRow: Int32Array;
  readonly #touched: number[] = [];

  constructor(features: number, random: Random) {
    this.#random = random;
    this.#seen = new Int32Array(features);
    [this.#best, this.#drawn] = [new Float32Array(features), new Float32Array(features)];
    [this.#bestRow, this.#drawnRow] = [new Int32Array(features), new Int32Array(features)];
  }

  see(feature: number, value: number, row: number): void {
    const seen = (this.#seen[feature] as number) + 1;
    this.#seen[feature] = seen;
    if (seen === 1) this.#touched.push(feature);
    if (seen === 1 || value > (this.#best[feature] as number)) {
      [this.#best[feature], this.#bestRow[feature]] = [value, row];
    }
    if (this.#random.below(seen) === 0) [this.#drawn[feature], this.#drawnRow[feature]] = [value, row];
  }

  /** Gives what was seen, in the order of first sight, and forgets it. */
  take(give: (feature: number, best: Seen, drawn: Seen) => void): void {
    for (const feature of this.#touched) {
      this.#seen[feature] = 0;
      give(
        feature,
        { value: this.#best[feature] as number, row: this.#bestRow[feature] as number },
        { value: this.#drawn[feature] as number, row: this.#drawnRow[feature] as number },
      );
    }
    this.#touched.length = 0;
  }
}

/** The width with which the value lies in the last bin or close to it; never so small that float32 has none. */
function firstStep(value: number): number {
  return 2 ** Math.max(-120, Math.ceil(Math.log2(Math.abs(value))) - Math.log2(HALF));
}

function records(lists: number, slots: number): Records {
  const size = lists * slots;
  return { slots, value: new Float32Array(size), window: new Int32Array(size), row: new Int32Array(size) };
}

function recordAt({ value, window, row }: Records, at: number) {
  return { value: value[at] as number, window: window[at] as number, row: row[at] as number };
}

function put(into: Records, at: number, value: number, window: number, row: number): void {
  into.value[at] = value;
  into.window[at] = window;
  into.row[at] = row;
}

function copy({ value, window, row }: Records, from: number, to: number): void {
  value[to] = value[from] as number;
  window[to] = window[from] as number;
  row[to] = row[from] as number;
}
