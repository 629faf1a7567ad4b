/** One model on one set of prompts, as methods see it: what several of them need is computed once. */
import type { Model } from '../run/index.ts';
import { summariser } from '../tasks/statistics.ts';
import type { MetricId, Prompt } from '../tasks/task.ts';
import { Fault } from '../terms/fault.ts';
import type { NodeId } from '../terms/nodes.ts';
import type { WriteForm } from './headWrites.ts';
import { meanHeadWrites } from './headWrites.ts';
import type { Against, CircuitScene, ExactEffect, HeadWrites, NodeSet, OnProgress } from './method.ts';
import { nodeList } from './nodeList.ts';
import { Removals } from './removals.ts';

export interface SceneRequest {
  readonly prompts: readonly Prompt[];
  readonly metric: MetricId;
  readonly nodeSet: NodeSet;
  /** Of the bootstrap. */
  readonly seed: number;
  readonly signal: AbortSignal;
  /** What is folded into head writes (default: as the paper's code has them). */
  readonly writes?: WriteForm;
}

/** What was computed once, and what that took. */
interface Known<T> {
  readonly value: T;
  readonly seconds: number;
}

export class Scene implements CircuitScene {
  readonly model: Model;
  readonly prompts: readonly Prompt[];
  readonly metric: MetricId;
  readonly nodeSet: NodeSet;
  readonly nodes: readonly NodeId[];
  readonly signal: AbortSignal;
  readonly #request: SceneRequest;
  #counterfactual: Removals | null = null;
  readonly #writes = new Map<Against, Known<HeadWrites>>();
  #effects: Known<readonly ExactEffect[]> | null = null;
  #spent = 0;
  #borrowed = 0;
  #others = 0;

  /** Throws Fault for MLPs of a model that has none. */
  constructor(model: Model, request: SceneRequest) {
    this.model = model;
    this.prompts = request.prompts;
    this.metric = request.metric;
    this.nodeSet = request.nodeSet;
    this.nodes = nodeList(model.family, request.nodeSet);
    this.signal = request.signal;
    this.#request = request;
  }

  /** Spent so far on running the model, in seconds. */
  get modelSeconds(): number {
    const writes = [...this.#writes.values()].reduce((sum, { seconds }) => sum + seconds, 0);
    return writes + (this.#counterfactual?.seconds ?? 0) + this.#others;
  }

  /** Seconds that a method ran the model by itself. */
  addModelSeconds(seconds: number): void {
    this.#others += seconds;
  }

  /** Runs with nodes replaced by their values on the counterfactual prompts. Throws Fault where a prompt has none. */
  get counterfactual(): Removals {
    this.#counterfactual ??= new Removals(this.model, {
      ...{ prompts: this.prompts, metric: this.metric, by: 'counterfactual' },
    });
    return this.#counterfactual;
  }

  async headWrites(against: Against = 'negative'): Promise<HeadWrites> {
    const known = this.#writes.get(against) ?? (await this.#timed(() => this.#measureWrites(against)));
    this.#writes.set(against, known);
    this.#borrowed += known.seconds;
    return known.value;
  }

  async exactEffects(onProgress: OnProgress): Promise<readonly ExactEffect[]> {
    this.#effects ??= await this.#timed(() => this.#measureEffects(onProgress));
    this.#borrowed += this.#effects.seconds;
    return this.#effects.value;
  }

  /** The same on the first n prompts; what is known of all is cut to them. */
  first(n: number): CircuitScene {
    const part = new Scene(this.model, { ...this.#request, prompts: this.prompts.slice(0, n) });
    for (const [against, { value }] of this.#writes) {
      part.#writes.set(against, { value: cut(value, heldAgainst(part.prompts, against).length, n), seconds: 0 });
    }
    return part;
  }

  /**
   * `act` with its seconds, as if everything that it takes from the scene had been computed for it alone: whoever comes first
   * would pay for all others else. `own`: without that.
   */
  async priced<T>(
    act: () => Promise<T>,
  ): Promise<{ readonly value: T; readonly seconds: number; readonly own: number }> {
    const started = performance.now();
    const [spent, borrowed] = [this.#spent, this.#borrowed];
    const value = await act();
    const own = (performance.now() - started) / 1000 - (this.#spent - spent);
    return { value, own, seconds: own + this.#borrowed - borrowed };
  }

  async #timed<T>(act: () => Promise<T>): Promise<Known<T>> {
    const started = performance.now();
    const value = await act();
    const seconds = (performance.now() - started) / 1000;
    this.#spent += seconds;
    return { value, seconds };
  }

  async #measureWrites(against: Against): Promise<HeadWrites> {
    const negatives = heldAgainst(this.prompts, against);
    const { layers, heads, width } = this.model.family.shape;
    const writesOf = (ids: readonly (readonly number[])[]) =>
      meanHeadWrites(this.model, { ids, form: this.#request.writes ?? 'paper', signal: this.signal });
    return {
      positive: await writesOf(this.prompts.map(({ ids }) => ids)),
      negative: await writesOf(negatives),
      prompts: { positive: this.prompts.length, negative: negatives.length },
      ...{ heads: layers * heads, width },
    };
  }

  async #measureEffects(onProgress: OnProgress): Promise<readonly ExactEffect[]> {
    const running = { signal: this.signal, onProgress };
    const removed = await this.counterfactual.without(
      this.nodes.map((node) => [node]),
      running,
    );
    const whole = await this.counterfactual.whole(running);
    const summarise = summariser(this.prompts.length, this.#request.seed);
    return this.nodes.map((node, i) => ({
      node,
      effect: summarise((removed[i]?.values ?? []).map((value, prompt) => value - (whole.values[prompt] ?? NaN))),
    }));
  }
}

/** Those of the prompts that have one. */
function heldAgainst(prompts: readonly Prompt[], against: Against): readonly (readonly number[])[] {
  const ids = prompts.flatMap(({ negativeIds, corruptIds }) => {
    const own = against === 'negative' ? negativeIds : corruptIds;
    return own === null ? [] : [own];
  });
  if (ids.length > 0) return ids;
  throw new Fault({
    what: `no ${against} prompts to hold the clean ones against`,
    expected: against === 'negative' ? 'prompts of a task that makes them' : 'corrupt or corruptIds',
    got: 'none',
  });
}

/** The first rows of both. */
function cut(writes: HeadWrites, negative: number, positive: number): HeadWrites {
  const size = writes.heads * writes.width;
  const prompts = { positive, negative };
  return {
    ...writes,
    positive: writes.positive.subarray(0, prompts.positive * size),
    negative: writes.negative.subarray(0, prompts.negative * size),
    prompts,
  };
}
