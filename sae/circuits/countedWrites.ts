/** Mean head writes of the prompts that a method counts. */
import type { CircuitScene, HeadWrites } from '../../engine/circuits/method.ts';
import type { Random } from '../../engine/tensor/random.ts';
import type { ValuesOf } from '../../engine/terms/settings.ts';
import { chosenPrompts } from './promptChoice.ts';
import type { promptSettings } from './promptChoice.ts';

/** Prompts are numbered 0 to E - 1, the positive ones first. */
export interface CountedWrites {
  /** N */
  readonly heads: number;
  /** D */
  readonly width: number;
  /** E */
  readonly prompts: number;
  /** [E] 1: positive, 0: negative. */
  readonly labels: Uint8Array;
  /** [E] number of the prompt that it makes a pair with; -1 where that one is not counted. */
  readonly partners: Int32Array;
  /** [E] Two prompts repeat each other where these are equal. */
  readonly texts: readonly string[];
  /** [N D] of one prompt. */
  readonly of: (prompt: number) => Float32Array;
  /** Prompts that the model ran, counted or not. */
  readonly run: number;
}

/** Throws Fault where prompts have no negatives or are too few. */
export async function countedWrites(
  scene: CircuitScene,
  settings: ValuesOf<typeof promptSettings>,
  random: Random,
): Promise<CountedWrites> {
  const { positive, negative } = chosenPrompts(scene.prompts, settings, random);
  const writes = await scene.headWrites();
  const rows = negativeRows(scene, writes);
  const chosen = [
    ...positive.map((prompt) => ({ prompt, data: writes.positive, row: prompt })),
    ...negative.map((prompt) => ({ prompt, data: writes.negative, row: rows.get(prompt) as number })),
  ];
  const size = writes.heads * writes.width;
  return {
    heads: writes.heads,
    width: writes.width,
    prompts: chosen.length,
    labels: Uint8Array.from(chosen, (_, i) => Number(i < positive.length)),
    partners: partnersOf(positive, negative),
    texts: [
      ...positive.map((prompt) => textOf(scene.prompts[prompt]?.ids)),
      ...negative.map((prompt) => textOf(scene.prompts[prompt]?.negativeIds)),
    ],
    of: (number) => {
      const { data, row } = chosen[number] as (typeof chosen)[number];
      return data.subarray(row * size, (row + 1) * size);
    },
    run: writes.prompts.positive + writes.prompts.negative,
  };
}

function textOf(ids: readonly number[] | null | undefined): string {
  return (ids ?? []).join(' ');
}

/** Prompt -> its row among the negatives: those that have one, in their order. */
function negativeRows({ prompts }: CircuitScene, writes: HeadWrites): ReadonlyMap<number, number> {
  const paired = prompts.flatMap(({ negativeIds }, prompt) => (negativeIds === null ? [] : [prompt]));
  const { positive, negative } = writes.prompts;
  if (positive !== prompts.length || negative !== paired.length)
    throw new RangeError(
      `head writes: expected ${prompts.length} + ${paired.length} prompts, got ${positive} + ${negative}`,
    );
  return new Map(paired.map((prompt, row) => [prompt, row]));
}

function partnersOf(positive: readonly number[], negative: readonly number[]): Int32Array {
  const places = [positive, negative].map((numbers) => new Map(numbers.map((prompt, i) => [prompt, i])));
  const [ofPositive, ofNegative] = places as [Map<number, number>, Map<number, number>];
  return Int32Array.from([
    ...positive.map((prompt) => {
      const place = ofNegative.get(prompt);
      return place === undefined ? -1 : positive.length + place;
    }),
    ...negative.map((prompt) => ofPositive.get(prompt) ?? -1),
  ]);
}
