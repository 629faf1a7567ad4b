/** Puts the rows of a capture together: one tensor a site, padded on the right with 0 to the longest prompt. */
import type { CapturedRows, CapturedTensor, CaptureStart } from '../results/capture.ts';
import type { EventOf } from '../results/index.ts';
import type { Progress } from '../results/records.ts';

export interface Captured {
  readonly model: CaptureStart['model'];
  readonly ids: readonly (readonly number[])[];
  readonly lengths: readonly number[];
  readonly tensors: readonly CapturedTensor[];
  /** How many prompts were asked for; more than there are ids where the call was cancelled. */
  readonly asked: number;
}

export class CaptureCollector {
  #start: CaptureStart | null = null;
  readonly #tensors = new Map<string, CapturedTensor>();
  /** Rows of the last site that came: a batch is done when each site has it. */
  readonly #filled = new Map<string, number>();

  readonly take = (event: Exclude<EventOf<'capture'>, Progress>): void => {
    if (event.kind === 'start') this.#start = event;
    else this.#put(event);
  };

  get hasRows(): boolean {
    return this.#filled.size > 0;
  }

  /** The rows that every site has. */
  captured(): Captured {
    const { model, ids } = this.#started();
    const rows = Math.min(ids.length, ...this.#filled.values());
    const kept = this.#filled.size === 0 ? 0 : rows;
    const tensors = [...this.#tensors.values()].map((tensor) => firstRows(tensor, kept));
    const keptIds = ids.slice(0, kept);
    return { model, ids: keptIds, lengths: keptIds.map((row) => row.length), tensors, asked: ids.length };
  }

  #started(): CaptureStart {
    if (this.#start === null) throw new RangeError('capture: rows before the start');
    return this.#start;
  }

  #put({ name, axes, shape, data, from }: CapturedRows): void {
    const { ids } = this.#started();
    const longest = longestOf(ids);
    const full = axes.split(' ').map((axis, i) => fullSize(axis, shape[i] ?? 0, ids.length, longest));
    const isWhole = full.every((size, i) => size === shape[i]);
    const tensor = this.#tensors.get(name) ?? { name, axes, shape: full, data: isWhole ? data : emptyOf(full) };
    if (tensor.data !== data) copyBlock(data, shape, tensor.data, full, from);
    this.#tensors.set(name, tensor);
    this.#filled.set(name, from + (shape[0] ?? 0));
  }
}

/** Not by spreading: there may be more rows than a call takes arguments. */
export function longestOf(ids: readonly (readonly number[])[]): number {
  return ids.reduce((longest, row) => Math.max(longest, row.length), 0);
}

function fullSize(axis: string, size: number, rows: number, longest: number): number {
  if (axis === 'B') return rows;
  return axis === 'P' || axis === 'K' ? longest : size;
}

function emptyOf(shape: readonly number[]): Float32Array {
  return new Float32Array(shape.reduce((product, size) => product * size, 1));
}

function firstRows({ name, axes, shape, data }: CapturedTensor, rows: number): CapturedTensor {
  const values = shape.slice(1).reduce((product, size) => product * size, rows);
  return { name, axes, shape: [rows, ...shape.slice(1)], data: data.subarray(0, values) };
}

/** Copies row-major `part` into the corner of `whole` that starts at row `from` of the first axis. */
function copyBlock(
  part: Float32Array,
  shape: readonly number[],
  whole: Float32Array,
  into: readonly number[],
  from: number,
): void {
  const width = shape.at(-1) ?? 1;
  const outer = shape.slice(0, -1);
  const index = outer.map(() => 0);
  for (let at = 0; at < part.length; at += width) {
    const row = index.reduce((flat, i, axis) => flat * (into[axis] ?? 1) + i + (axis === 0 ? from : 0), 0);
    whole.set(part.subarray(at, at + width), row * (into.at(-1) ?? 1));
    advance(index, outer);
  }
}

function advance(index: number[], shape: readonly number[]): void {
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = (index[axis] ?? 0) + 1;
    if ((index[axis] ?? 0) < (shape[axis] ?? 1)) return;
    index[axis] = 0;
  }
}
