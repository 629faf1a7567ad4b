/** Head writes as rows for a dictionary, a row a prompt and head. */
import type { ValuesOf } from '../../engine/terms/settings.ts';
import type { Rows } from '../rows.ts';
import type { CountedWrites } from './countedWrites.ts';

export const preparationSettings = {
  headScale: {
    kind: 'choice',
    title: 'scale of a head',
    about:
      'none, as published: heads of small writes all get the code of the bias. norm: each head divided by the root mean square ' +
      'of its entries. zScore: each head less its mean over prompts, divided by the root mean square of what is left',
    default: 'none',
    choices: ['none', 'norm', 'zScore'],
  },
} as const;

type Preparation = ValuesOf<typeof preparationSettings>;

/** Rows of these prompts: heads of the first, then of the second ... */
export type RowsOfPrompts = (prompts: readonly number[]) => Rows;

/** Shifts and scales come from all counted prompts, of both classes alike. */
export function preparedWrites(writes: CountedWrites, { headScale }: Preparation): RowsOfPrompts {
  const plain: RowsOfPrompts = (prompts) => copied(writes, prompts);
  if (headScale === 'none') return plain;
  const shifts = headScale === 'zScore' ? headMeans(writes, plain) : new Float64Array(writes.heads * writes.width);
  const factors = headFactors(writes, plain, shifts);
  return (prompts) => scaled(plain(prompts), writes, shifts, factors);
}

function copied(writes: CountedWrites, prompts: readonly number[]): Rows {
  const { heads, width } = writes;
  const data = new Float32Array(prompts.length * heads * width);
  prompts.forEach((prompt, i) => data.set(writes.of(prompt), i * heads * width));
  return { width, data };
}

/** [N D] */
function headMeans({ heads, width, prompts }: CountedWrites, rows: RowsOfPrompts): Float64Array {
  const means = new Float64Array(heads * width);
  for (let prompt = 0; prompt < prompts; prompt++)
    rows([prompt]).data.forEach((value, i) => (means[i] = (means[i] as number) + value / prompts));
  return means;
}

/** What is left of a head's writes below this share of their length is rounding. */
const leastLeft = 1e-5;

/** [N] 1 / sqrt(mean over prompts and width of (x - shift)^2); 1 for a head of which nothing is left. */
function headFactors(
  { heads, width, prompts }: CountedWrites,
  rows: RowsOfPrompts,
  shifts: Float64Array,
): Float64Array {
  const [left, whole] = [new Float64Array(heads), new Float64Array(heads)];
  for (let prompt = 0; prompt < prompts; prompt++) {
    const { data } = rows([prompt]);
    for (let i = 0; i < data.length; i++) {
      const head = Math.floor(i / width);
      left[head] = (left[head] as number) + ((data[i] as number) - (shifts[i] as number)) ** 2;
      whole[head] = (whole[head] as number) + (data[i] as number) ** 2;
    }
  }
  const isRounding = (head: number) => (left[head] as number) <= leastLeft ** 2 * (whole[head] as number);
  return left.map((square, head) => (isRounding(head) ? 1 : Math.sqrt((prompts * width) / square)));
}

function scaled({ width, data }: Rows, { heads }: CountedWrites, shifts: Float64Array, factors: Float64Array): Rows {
  const size = heads * width;
  for (let i = 0; i < data.length; i++) {
    const at = i % size;
    data[i] = ((data[i] as number) - (shifts[at] as number)) * (factors[Math.floor(at / width)] as number);
  }
  return { width, data };
}
