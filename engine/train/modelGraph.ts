/** A whole model as one graph, for training: embedding, every block, unembedding, with each weight once. */
import type { BlockContext, Family, RotaryKind, WeightSource, Weights } from '../arch/architecture.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Sizes } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';
import { weightName } from '../arch/weightName.ts';
import type { AxisList } from '../terms/axes.ts';
import type { Site } from '../terms/sites.ts';

/** Rows and tokens of every batch that the graph takes. */
export interface BatchShape {
  /** B */
  readonly rows: number;
  /** P: tokens that are read, and predicted, in each row. */
  readonly length: number;
}

/** Names of the graph's inputs; each is there only where the family reads it. */
export const inputNames = {
  ids: 'ids',
  positions: 'positions',
  keyPositions: 'keyPositions',
  mask: (window: number | null) => (window === null ? 'mask' : `mask.${window}`),
  cos: (kind: number) => `cos.${kind}`,
  sin: (kind: number) => `sin.${kind}`,
} as const;

/** One weight of the model under the name it has in a checkpoint. */
export interface TrainedWeight {
  readonly name: string;
  readonly source: WeightSource;
}

export interface ModelGraph {
  readonly g: GraphBuilder;
  /** [B P V] */
  readonly logits: Value;
  /** In the order of the model; tied weights once. */
  readonly weights: readonly TrainedWeight[];
}

/** Logits of a batch of full rows, as a graph that goes on. */
export function modelGraph(family: Family, { rows, length }: BatchShape): ModelGraph {
  const sizes = { ...family.sizes, B: rows, P: length, K: length };
  const g = new GraphBuilder('training step', sizes);
  const weights = new Map<string, TrainedWeight>();
  const contextOf = (named: Weights, layer: number) => new TrainingContext({ g, sizes, family, named, layer, weights });
  const ids = g.input(inputNames.ids, 'B P', 'int64');
  const positions = g.input(inputNames.positions, 'B P', 'int64');
  let stream = family.embed.build(contextOf(family.embed.weights, 0), ids, positions);
  for (let layer = 0; layer < family.shape.layers; layer++) {
    const block = family.block(layer);
    stream = block.build(contextOf(block.weights, layer), stream);
  }
  const logits = family.unembed.build(contextOf(family.unembed.weights, 0), stream);
  return { g, logits, weights: [...weights.values()] };
}

/** J of a rotary kind. */
function rotaryWidth(kind: RotaryKind): number {
  return kind.frequencies(1).length;
}

interface Scene {
  readonly g: GraphBuilder;
  readonly sizes: Sizes;
  readonly family: Family;
  /** Weights of the program that is being built. */
  readonly named: Weights;
  readonly layer: number;
  /** Filled with every weight that a program reads. */
  readonly weights: Map<string, TrainedWeight>;
}

class TrainingContext implements BlockContext {
  readonly g: GraphBuilder;
  readonly layer: number;
  readonly keyStream = null;
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.g = scene.g;
    this.layer = scene.layer;
    this.#scene = scene;
  }

  site(_site: Site, value: Value): Value {
    return value;
  }

  wants(): boolean {
    return false;
  }

  weight(name: string, axes: AxisList, sizes: Sizes = {}): Value {
    const source = this.#scene.named[name];
    if (source === undefined) throw new RangeError(`the program's weights do not name parameter ${name}`);
    const stored = weightName(source);
    const { weights } = this.#scene;
    if (!weights.has(stored)) weights.set(stored, { name: stored, source });
    return this.g.parameter(stored, axes, sizes);
  }

  rotary(): { cos: Value; sin: Value } {
    const { family, sizes } = this.#scene;
    const index = family.rotaryOf(this.layer);
    const kind = index === null ? undefined : family.rotaryKinds[index];
    if (index === null || kind === undefined) throw new RangeError(`layer ${this.layer} has no rotary kind`);
    const angles = (name: string) => this.g.input(name, 'B P J', 'float32', { ...sizes, J: rotaryWidth(kind) });
    return { cos: angles(inputNames.cos(index)), sin: angles(inputNames.sin(index)) };
  }

  rotaryOfKeys(): { cos: Value; sin: Value } {
    return this.rotary();
  }

  mask(): Value {
    // Every row is full: one mask for all.
    const { family, sizes } = this.#scene;
    return this.g.input(inputNames.mask(family.windowOf(this.layer)), 'B P K', 'float32', { ...sizes, B: 1 });
  }

  positions(): { queries: Value; keys: Value } {
    const queries = this.g.input(inputNames.positions, 'B P', 'int64');
    return { queries, keys: queries };
  }

  keyPositions(): Value {
    return this.g.input(inputNames.keyPositions, 'B K');
  }

  remember(key: Value, value: Value): { keys: Value; values: Value } {
    return { keys: this.g.rename(key, 'P', 'K'), values: this.g.rename(value, 'P', 'K') };
  }
}
