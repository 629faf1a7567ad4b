/** What a method that finds circuits is, and what it is given. A method is a file and a line in an index. */
import type { Summary } from '../terms/summary.ts';
import type { NodeId } from '../terms/nodes.ts';
import type { SettingTable, ValuesOf } from '../terms/settings.ts';
import type { Model } from '../run/index.ts';
import type { MetricId, Prompt } from '../tasks/task.ts';

/** `heads`: attention heads alone, MLPs and embedding never patched. `headsAndMlps`: both. */
export type NodeSet = 'heads' | 'headsAndMlps';

/** Prompts that the clean ones are held against: the task's negative ones, or the counterfactual ones that patching takes. */
export type Against = 'negative' | 'corrupt';

/**
 * Mean over the positions of each prompt of what every head writes to the stream: all positions of the prompt, BOS included,
 * padding left out (engine/circuits/headWrites.ts says what is folded into it).
 */
export interface HeadWrites {
  /** [E N D]: prompts, heads (layer by layer), width. Positive prompts are the clean ones. */
  readonly positive: Float32Array;
  readonly negative: Float32Array;
  /** E of each. */
  readonly prompts: { readonly positive: number; readonly negative: number };
  /** N: all heads of the model. */
  readonly heads: number;
  /** D */
  readonly width: number;
}

export interface ExactEffect {
  readonly node: NodeId;
  /** metric(node replaced by its value on the counterfactual prompt) - metric(clean), over prompts. */
  readonly effect: Summary;
}

/** One model on one set of prompts. What several methods need is computed once, at the first call. */
export interface CircuitScene {
  readonly model: Model;
  readonly prompts: readonly Prompt[];
  readonly metric: MetricId;
  readonly nodeSet: NodeSet;
  /** All that are ranked: heads layer by layer, each layer's MLP after its heads. */
  readonly nodes: readonly NodeId[];
  readonly signal: AbortSignal;
  /** `against`: what stands for negative prompts (default `negative`). Of the prompts that have one, in their order; throws Fault where none has. */
  headWrites(against?: Against): Promise<HeadWrites>;
  /** Exact resample effect of every node. Throws Fault where prompts have no counterfactuals. */
  exactEffects(onProgress: OnProgress): Promise<readonly ExactEffect[]>;
}

export type OnProgress = (done: number, total: number) => void;

export interface NodeScores {
  /** By the scene's nodes; the larger, the surer it is part of the circuit. Null: the method says nothing of the node. */
  readonly scores: readonly (number | null)[];
  /** Of a signed effect, edited minus clean: below 0 where removing the node lowers the metric. Null elsewhere. */
  readonly signed: readonly number[] | null;
  /** Against shuffled labels, where they were asked for. */
  readonly z: readonly number[] | null;
  /**
   * Prompts that the model ran, forward and backward, each as often as it did: those of the scene's writes and effects
   * included, as if this method had asked for them alone; a run that starts at a later layer counts whole.
   */
  readonly forwardPasses: number;
  readonly backwardPasses: number;
  /** Of work that another method did before on this scene: what this one would have spent on it alone. */
  readonly sharedSeconds?: number;
}

export interface RankOptions {
  readonly seed: number;
  /** Shuffles of positive and negative prompts; 0: none. */
  readonly permutations: number;
  readonly onProgress: OnProgress;
}

export interface CircuitMethod<Table extends SettingTable = SettingTable> {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** Paper and equation. */
  readonly source: string;
  /** `method`: claims a circuit. `control`: knows nothing of it, or next to nothing. `reference`: measures each node itself. */
  readonly role: 'method' | 'control' | 'reference';
  /** What it ranks; methods that rank edges (ACDC, CD-T) will say `edges`. */
  readonly level: 'nodes';
  readonly nodes: readonly NodeSet[];
  /** What it needs of each prompt. */
  readonly needs: readonly ('corrupt' | 'negative')[];
  /** Does it draw? Then it is run for every seed. */
  readonly seeded: boolean;
  readonly settings: Table;
  rank(scene: CircuitScene, settings: ValuesOf<Table>, options: RankOptions): Promise<NodeScores>;
}
