/** The codes that a selection keeps of pre-activations p [B F], as lists. */

/** Entries of sample b are starts[b] up to starts[b + 1]. All arrays may be longer than what they hold. */
export interface Selected {
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  /** max(p, 0), never 0. */
  readonly values: Float32Array;
}

/** The k largest of each sample that are above 0, of equal ones the first; `isCandidate` [F] where not all count. */
export function selectFromRows(
  p: Float32Array,
  features: number,
  k: number,
  into: Selected,
  isCandidate: Float32Array | null = null,
): void {
  const heap = new MinHeap(k);
  const rows = p.length / features;
  let entry = 0;
  for (let row = 0; row < rows; row++) {
    heap.clear();
    const start = row * features;
    for (let feature = 0; feature < features; feature++) {
      const value = p[start + feature] as number;
      if (value > heap.least && (isCandidate === null || isCandidate[feature] === 1)) heap.add(value, feature);
    }
    into.starts[row] = entry;
    entry = heap.write(into, entry);
  }
  into.starts[rows] = entry;
}

/** The `count` largest of all that are above 0, of equal ones the first; what is no number is none of them. */
export function selectFromAll(p: Float32Array, features: number, count: number, into: Selected): void {
  const least = largestBound(p, count);
  const rows = p.length / features;
  let [entry, equal] = [0, count - countAbove(p, least)];
  for (let row = 0; row < rows; row++) {
    into.starts[row] = entry;
    for (let at = row * features; at < (row + 1) * features; at++) {
      const value = p[at] as number;
      if (!(value >= least && value > 0)) continue;
      if (value === least && equal-- <= 0) continue;
      into.indices[entry] = at - row * features;
      into.values[entry++] = value;
    }
  }
  into.starts[rows] = entry;
}

/** All that are above 0. False where there is no room for so many: what was written is then of no use. */
export function selectPositive(p: Float32Array, features: number, into: Selected): boolean {
  const [rows, room] = [p.length / features, into.indices.length];
  let entry = 0;
  for (let row = 0; row < rows; row++) {
    into.starts[row] = entry;
    const start = row * features;
    for (let feature = 0; feature < features; feature++) {
      const value = p[start + feature] as number;
      if (!(value > 0)) continue;
      if (entry === room) return false;
      into.indices[entry] = feature;
      into.values[entry++] = value;
    }
  }
  into.starts[rows] = entry;
  return true;
}

function countAbove(p: Float32Array, bound: number): number {
  let count = 0;
  for (let i = 0; i < p.length; i++) if ((p[i] as number) > bound) count++;
  return count;
}

/** Bits of infinity; those above it are of no number. */
const INFINITY = 0x7f800000;

/** Bits of a float32 above 0 rise with it: two passes over their upper and lower halves find the `count`-th largest value; 0 where fewer are above 0. */
function largestBound(p: Float32Array, count: number): number {
  const bits = new Int32Array(p.buffer, p.byteOffset, p.length);
  const isAbove = (word: number) => word > 0 && word <= INFINITY;
  const upper = bucketOf(bits, count, (word) => (isAbove(word) ? word >>> 16 : -1));
  if (upper === null) return 0;
  const isNear = (word: number) => isAbove(word) && word >>> 16 === upper.bucket;
  const lower = bucketOf(bits, upper.left, (word) => (isNear(word) ? word & 0xffff : -1));
  if (lower === null) return 0;
  return new Float32Array(Int32Array.of((upper.bucket << 16) | lower.bucket).buffer)[0] as number;
}

/** The bucket in which the `count`-th largest lies, and its rank within it. */
function bucketOf(bits: Int32Array, count: number, bucket: (word: number) => number) {
  const counts = new Uint32Array(1 << 16);
  for (let i = 0; i < bits.length; i++) {
    const at = bucket(bits[i] as number);
    if (at >= 0) counts[at] = (counts[at] as number) + 1;
  }
  let left = count;
  for (let at = counts.length - 1; at >= 0; at--) {
    if (left <= (counts[at] as number)) return { bucket: at, left };
    left -= counts[at] as number;
  }
  return null;
}

/** The largest values above 0 that were added, at most `size`; of equal ones those that came first. */
class MinHeap {
  readonly #size: number;
  readonly #values: Float64Array;
  readonly #features: Int32Array;
  #count = 0;
  /** What a value must be above to be added. */
  least = 0;

  constructor(size: number) {
    this.#size = size;
    this.#values = new Float64Array(size);
    this.#features = new Int32Array(size);
  }

  clear(): void {
    this.#count = 0;
    this.least = 0;
  }

  add(value: number, feature: number): void {
    if (this.#count < this.#size) this.#rise(this.#count++, value, feature);
    else this.#sink(value, feature);
    if (this.#count === this.#size) this.least = this.#values[0] as number;
  }

  /** In the order of features. The entry after the last. */
  write({ indices, values }: Selected, from: number): number {
    const order = Array.from({ length: this.#count }, (_, i) => i);
    order.sort((a, b) => (this.#features[a] as number) - (this.#features[b] as number));
    order.forEach((at, i) => {
      indices[from + i] = this.#features[at] as number;
      values[from + i] = this.#values[at] as number;
    });
    return from + this.#count;
  }

  /** Is a below b: smaller, or as large and later? */
  #isBelow(value: number, feature: number, at: number): boolean {
    const other = this.#values[at] as number;
    return value < other || (value === other && feature > (this.#features[at] as number));
  }

  #rise(at: number, value: number, feature: number): void {
    let place = at;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBelow(value, feature, parent)) break;
      this.#set(place, this.#values[parent] as number, this.#features[parent] as number);
      place = parent;
    }
    this.#set(place, value, feature);
  }

  /** In the place of the lowest. */
  #sink(value: number, feature: number): void {
    let place = 0;
    for (;;) {
      const child = this.#lowerChild(place);
      if (child === null || this.#isBelow(value, feature, child)) break;
      this.#set(place, this.#values[child] as number, this.#features[child] as number);
      place = child;
    }
    this.#set(place, value, feature);
  }

  #lowerChild(place: number): number | null {
    const left = 2 * place + 1;
    if (left >= this.#count) return null;
    const right = left + 1;
    if (right >= this.#count) return left;
    return this.#isBelow(this.#values[right] as number, this.#features[right] as number, left) ? right : left;
  }

  #set(place: number, value: number, feature: number): void {
    this.#values[place] = value;
    this.#features[place] = feature;
  }
}
