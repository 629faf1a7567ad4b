/** A whole causal model as one graph that a decoder runs: new ids and cached keys and values in, logits and the longer cache out. */
import type {
  BlockContext,
  Family,
  ProgramContext,
  RotaryKind,
  Weights,
  WeightSource,
} from '../../arch/architecture.ts';
import { weightName } from '../../arch/weightName.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import type { Sizes } from '../../graph/builder.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Value } from '../../graph/value.ts';
import type { AxisList } from '../../terms/axes.ts';
import { Fault } from '../../terms/fault.ts';

/** What the graph takes and gives. Names of the cache are those of Hugging Face's Optimum. */
export const portNames = {
  /** int64 [B P]: new tokens. */
  ids: 'input_ids',
  /** int64 [B P]: their positions. */
  positions: 'position_ids',
  /** int64 [B K]: positions of all keys, cached ones first; -1 where there is padding. */
  keyPositions: 'key_position_ids',
  /** float32 [B G T H]; T is 0 in the first run. */
  past: (layer: number, part: 'key' | 'value') => `past_key_values.${layer}.${part}`,
  /** float32 [B P V]. */
  logits: 'logits',
  /** float32 [B G K H]. */
  present: (layer: number, part: 'key' | 'value') => `present.${layer}.${part}`,
} as const;

export interface DecoderWeight {
  /** Of the parameter. */
  readonly name: string;
  readonly source: WeightSource;
}

export interface DecoderGraph {
  readonly graph: Graph;
  /** Each once, tied ones too. */
  readonly weights: readonly DecoderWeight[];
}

/** What a family gives for one layer; layers may have different numbers of heads. */
export type FamilyOfLayer = (layer: number) => Family;

/** Throws Fault for a model that is not causal, and for rotary frequencies that depend on the length of the text. */
export function decoderGraph(family: Family, familyOfLayer: FamilyOfLayer): DecoderGraph {
  check(family);
  const g = new GraphBuilder('decoder', family.sizes);
  const weights = new Map<string, DecoderWeight>();
  const ids = g.input(portNames.ids, 'B P', 'int64');
  const positions = g.input(portNames.positions, 'B P', 'int64');
  const shared = new Shared(g);
  const context = (named: Weights, layer: number, of: Family) =>
    new DecoderContext({ g, named, layer, of, weights, shared });
  let stream = family.embed.build(context(family.embed.weights, 0, family), ids, positions);
  for (let layer = 0; layer < family.shape.layers; layer++) {
    const own = familyOfLayer(layer);
    const block = own.block(layer);
    stream = block.build(context(block.weights, layer, own), stream);
  }
  g.output(portNames.logits, family.unembed.build(context(family.unembed.weights, 0, family), stream));
  return { graph: g.build(), weights: [...weights.values()] };
}

function check({ causal, rotaryKinds, shape }: Family): void {
  if (!causal) throw new Fault({ what: 'a model that is not causal has no cache', expected: 'a decoder' });
  if (rotaryKinds.every((kind) => isFixed(kind, shape.context))) return;
  throw new Fault({
    what: 'rotary frequencies that depend on the length of the text can not be part of one graph',
    expected: 'frequencies that are fixed',
  });
}

function isFixed(kind: RotaryKind, context: number): boolean {
  const [short, long] = [kind.frequencies(1), kind.frequencies(context)];
  return short.every((frequency, j) => frequency === long[j]);
}

/** As large as a mask may be and stay finite when a score is added. */
const HIDDEN = -3e38;

/** What layers have in common, made once. */
class Shared {
  readonly #g: GraphBuilder;
  readonly #made = new Map<string, Value>();

  constructor(g: GraphBuilder) {
    this.#g = g;
  }

  /** [B P K]: 0 where key position <= query position (> query position - window), HIDDEN elsewhere and at padding. */
  mask(window: number | null): Value {
    return this.#once(`mask ${window}`, () => {
      const g = this.#g;
      const [query, key] = [this.#float(portNames.positions, 'B P'), this.#float(portNames.keyPositions, 'B K')];
      const distance = g.subtract(g.unsqueeze(query, 'K'), g.unsqueeze(key, 'P'));
      const isAhead = g.less(distance, 0);
      const seen = g.where(isAhead, HIDDEN, 0);
      const near = window === null ? seen : g.where(g.less(distance, window), seen, HIDDEN);
      return g.transpose(g.where(g.less(g.unsqueeze(key, 'P'), 0), HIDDEN, near), 'B P K');
    });
  }

  /** angle = position * frequency; cos and sin of it, times the kind's scale, [B P J]. */
  rotary(index: number, kind: RotaryKind): { cos: Value; sin: Value } {
    const g = this.#g;
    const angle = this.#once(`angle ${index}`, () => {
      const frequencies = kind.frequencies(1);
      const row = g.constant([...frequencies], 'J', { J: frequencies.length });
      return g.multiply(g.unsqueeze(this.#float(portNames.positions, 'B P'), 'J'), row);
    });
    const scaled = (x: Value) => (kind.scale === 1 ? x : g.multiply(x, kind.scale));
    return {
      cos: this.#once(`cos ${index}`, () => scaled(g.cos(angle))),
      sin: this.#once(`sin ${index}`, () => scaled(g.sin(angle))),
    };
  }

  /** [B K] as floats, 0 at padding. */
  keyPositions(): Value {
    return this.#once('keyPositions', () => this.#g.maximum(this.#float(portNames.keyPositions, 'B K'), 0));
  }

  #float(name: string, axes: AxisList): Value {
    return this.#once(name, () => this.#g.toFloat(this.#g.input(name, axes, 'int64')));
  }

  #once(key: string, make: () => Value): Value {
    const known = this.#made.get(key) ?? make();
    this.#made.set(key, known);
    return known;
  }
}

interface Scene {
  readonly g: GraphBuilder;
  /** Weights of the part that is being built. */
  readonly named: Weights;
  readonly layer: number;
  /** The family of this layer's shape. */
  readonly of: Family;
  readonly weights: Map<string, DecoderWeight>;
  readonly shared: Shared;
}

class DecoderContext implements BlockContext, ProgramContext {
  readonly g: GraphBuilder;
  readonly layer: number;
  readonly keyStream = null;
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.g = scene.g;
    this.layer = scene.layer;
    this.#scene = scene;
  }

  site(_site: string, value: Value): Value {
    return value;
  }

  wants(): boolean {
    return false;
  }

  weight(name: string, axes: AxisList, sizes: Sizes = {}): Value {
    const source = this.#scene.named[name];
    if (source === undefined) throw new RangeError(`the program's weights do not name parameter ${name}`);
    const stored = weightName(source);
    if (!this.#scene.weights.has(stored)) this.#scene.weights.set(stored, { name: stored, source });
    return this.g.parameter(stored, axes, sizes);
  }

  rotary(): { cos: Value; sin: Value } {
    const { of, shared } = this.#scene;
    const index = of.rotaryOf(this.layer);
    const kind = index === null ? undefined : of.rotaryKinds[index];
    if (index === null || kind === undefined) throw new RangeError(`layer ${this.layer} has no rotary kind`);
    return shared.rotary(index, kind);
  }

  rotaryOfKeys(): { cos: Value; sin: Value } {
    return this.rotary();
  }

  mask(): Value {
    return this.#scene.shared.mask(this.#scene.of.windowOf(this.layer));
  }

  positions(): { queries: Value; keys: Value } {
    const queries = this.g.input(portNames.positions, 'B P', 'int64');
    return { queries, keys: queries };
  }

  keyPositions(): Value {
    return this.#scene.shared.keyPositions();
  }

  remember(key: Value, value: Value): { keys: Value; values: Value } {
    return { keys: this.#append('key', key), values: this.#append('value', value) };
  }

  #append(part: 'key' | 'value', fresh: Value): Value {
    const { g } = this;
    const { kvHeads, headWidth } = this.#scene.of.shape;
    const past = g.input(portNames.past(this.layer, part), 'B G T H', 'float32', { G: kvHeads, H: headWidth });
    const all = g.concat([g.rename(past, 'T', 'K'), g.rename(fresh, 'P', 'K')], 'K');
    g.output(portNames.present(this.layer, part), all);
    return all;
  }
}
