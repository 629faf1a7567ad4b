/** A scene without a model: mean head writes that are made up, some of which depend on the class of the prompt. */
import type { CircuitScene, HeadWrites } from '../../../engine/circuits/method.ts';
import type { Model } from '../../../engine/run/index.ts';
import type { Prompt } from '../../../engine/tasks/task.ts';
import type { Random } from '../../../engine/tensor/random.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { NodeId } from '../../../engine/terms/nodes.ts';
import { formatNode } from '../../../engine/terms/nodes.ts';

export interface PlantedOptions {
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  /** Prompts of each class. */
  readonly prompts: number;
  /** Share of a write that is noise of its own. */
  readonly noise: number;
  readonly seed: number;
  /** Length of a head's writes: 3 for all unless given. */
  readonly length?: (head: number) => number;
  /** Heads that depend on the class: `planted` unless given. */
  readonly circuit?: readonly NodeId[];
}

export const usual: PlantedOptions = { layers: 4, heads: 4, width: 24, prompts: 40, noise: 0.2, seed: 1 };

/** Of 16 heads, those whose writes depend on the class. */
export const planted: readonly NodeId[] = ['L0H1', 'L1H2', 'L2H0', 'L3H3'];

/**
 * Each head has a direction that it always writes. Planted ones add one of five words' directions in positive prompts and one
 * of five others' in negative ones; the other heads add the same words whatever the class. All writes of a head are as long.
 */
export function plantedScene(options: PlantedOptions = usual): CircuitScene {
  const { layers, heads, prompts } = options;
  const nodes = Array.from({ length: layers * heads }, (_, i) =>
    formatNode({ kind: 'head', layer: Math.floor(i / heads), head: i % heads }),
  );
  return sceneOf(nodes, plantedPrompts(prompts), plantedArrays(options, nodes));
}

/** Prompts of four tokens whose third is a word: 100 to 104 in positive prompts, 200 to 204 in negative ones. */
function plantedPrompts(count: number): Prompt[] {
  return Array.from({ length: count }, (_, i) => prompt([1, 50 + i, 100 + (i % 5), 3], [1, 50 + i, 200 + (i % 5), 3]));
}

export function prompt(ids: readonly number[], negativeIds: readonly number[] | null): Prompt {
  const rest = { answers: [7], wrong: [8], answerPosition: ids.length - 1, positions: {}, text: null };
  return { ids, negativeIds, corruptIds: null, ...rest };
}

function plantedArrays(
  { width, prompts, noise, seed, length, circuit = planted }: PlantedOptions,
  nodes: readonly NodeId[],
): HeadWrites {
  const random = seededRandom(seed);
  const total = nodes.length;
  const own = nodes.map(() => direction(width, random));
  const words = nodes.map(() => Array.from({ length: 10 }, () => direction(width, random)));
  const write = (head: number, isPositive: boolean, data: Float32Array, row: number) => {
    const knows = circuit.includes(nodes[head] as NodeId);
    const word = knows ? random.below(5) + (isPositive ? 0 : 5) : random.below(10);
    const [always, added] = [own[head] as Float64Array, words[head]?.[word] as Float64Array];
    const sum = always.map((value, d) => value + (added[d] as number) + (noise * random.normal()) / Math.sqrt(width));
    const scale = (length?.(head) ?? 3) / Math.hypot(...sum);
    data.set(
      sum.map((value) => value * scale),
      (row * total + head) * width,
    );
  };
  const side = (isPositive: boolean) => {
    const data = new Float32Array(prompts * total * width);
    for (let row = 0; row < prompts; row++) for (let head = 0; head < total; head++) write(head, isPositive, data, row);
    return data;
  };
  const counts = { positive: prompts, negative: prompts };
  return { positive: side(true), negative: side(false), prompts: counts, heads: total, width };
}

function direction(width: number, random: Random): Float64Array {
  const drawn = Float64Array.from({ length: width }, () => random.normal());
  const size = Math.hypot(...drawn);
  return drawn.map((value) => value / size);
}

export function sceneOf(
  nodes: readonly NodeId[],
  prompts: readonly Prompt[],
  writes: HeadWrites,
  signal: CircuitScene['signal'] = new AbortController().signal,
): CircuitScene {
  return {
    get model(): Model {
      throw new RangeError('a scene of made-up writes has no model');
    },
    prompts,
    metric: 'logitDifference',
    nodeSet: 'heads',
    nodes,
    signal,
    headWrites: () => Promise.resolve(writes),
    exactEffects: () => Promise.reject(new RangeError('a scene of made-up writes has no effects')),
  };
}

/** Area under ROC of the planted heads among all, ties counted half. */
export function plantedArea(
  scores: readonly (number | null)[],
  nodes: readonly NodeId[],
  circuit: readonly NodeId[] = planted,
): number {
  const inside = scores.filter((_, i) => circuit.includes(nodes[i] as NodeId)) as number[];
  const outside = scores.filter((_, i) => !circuit.includes(nodes[i] as NodeId)) as number[];
  const wins = inside.flatMap((a) => outside.map((b) => (a > b ? 1 : a === b ? 0.5 : 0) as number));
  return wins.reduce((sum, win) => sum + win, 0) / wins.length;
}
