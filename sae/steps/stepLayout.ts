/** Where the weights of a dictionary, their moments and their gradient lie in the memory of a step's kernels. */
import { Fault } from '../../engine/terms/fault.ts';
import { PAGE } from '../wasm/moduleBuilder.ts';

/** A weight as rows of equal length; a vector is one row. Lengths are multiples of 4. */
export interface WeightRows {
  readonly name: string;
  readonly rows: number;
  readonly length: number;
}

/** What besides weights the kernels work on: names and numbers of values, four bytes each. */
export type WorkSizes = Readonly<Record<string, number>>;

/** Arrays of each weight. */
const parts = ['weight', 'first', 'second', 'gradient'] as const;
export type Part = (typeof parts)[number];

/** Addresses of the step's numbers, a float each. */
export const numbers = {
  beta1: 0,
  beta2: 4,
  fresh1: 8,
  fresh2: 12,
  rate: 16,
  correction: 20,
  epsilon: 24,
  clip: 28,
} as const;

export interface StepLayout<Work extends string = string> {
  readonly weights: readonly WeightRows[];
  /** Address of a part of a weight, by `part.name`. */
  readonly at: ReadonlyMap<string, number>;
  readonly work: Readonly<Record<Work, number>>;
  readonly pages: number;
}

/** Largest memory of WebAssembly with 32-bit addresses. */
const LARGEST = 4 * 2 ** 30;

/** Throws Fault where it does not fit into 4 GiB. */
export function stepLayout<Work extends string>(
  weights: readonly WeightRows[],
  work: Readonly<Record<Work, number>>,
): StepLayout<Work> {
  let end = 64;
  const place = (values: number): number => {
    const start = end;
    // Each at the start of a cache line.
    end = 64 * Math.ceil((start + 4 * values) / 64);
    return start;
  };
  const at = new Map(
    parts.flatMap((part) =>
      weights.map(({ name, rows, length }) => [`${part}.${name}`, place(rows * length)] as const),
    ),
  );
  const placed = Object.entries<number>(work).map(([name, values]) => [name, place(values)] as const);
  if (end > LARGEST) {
    const gigabytes = (value: number) => `${(value / 2 ** 30).toFixed(1)} GiB`;
    const expected = `at most ${gigabytes(LARGEST)}`;
    throw new Fault({ what: 'a training step of this size does not fit in memory', expected, got: gigabytes(end) });
  }
  return { weights, at, work: Object.fromEntries(placed) as Record<Work, number>, pages: Math.ceil(end / PAGE) };
}

/** RangeError for a weight that the layout lacks. */
export function addressOf({ at }: Pick<StepLayout, 'at'>, part: Part, name: string): number {
  const found = at.get(`${part}.${name}`);
  if (found === undefined) throw new RangeError(`step: no ${part} of ${name}`);
  return found;
}
