/**
 * The model on prompts with sets of nodes replaced, all nodes of a set at once and at every position: heads at z before W_O,
 * MLPs at what they add to the stream. A circuit is the removal of everything outside it; embedding, norms, biases and nodes
 * outside the node set are never replaced. Several sets share a run, and no set is run twice.
 */
import type { Family } from '../arch/architecture.ts';
import { CleanRun, KEPT_BYTES } from '../run/cleanRun.ts';
import type { Model } from '../run/index.ts';
import type { Replacement, SweepUnit } from '../run/sweep.ts';
import { sweep } from '../run/sweep.ts';
import { checkAblation } from '../scores/ablation.ts';
import { EffectScene } from '../scores/effectScene.ts';
import type { MetricId, Prompt } from '../tasks/task.ts';
import { Fault } from '../terms/fault.ts';
import type { NodeId } from '../terms/nodes.ts';
import { parseNode } from '../terms/nodes.ts';
import type { OnProgress } from './method.ts';

/** What takes a node's place: its value on the counterfactual prompt, its mean over the prompts at each position, nothing. */
export type ReplacedBy = 'counterfactual' | 'mean' | 'zero';

export interface RemovalsRequest {
  readonly prompts: readonly Prompt[];
  readonly metric: MetricId;
  readonly by: ReplacedBy;
}

/** One entry a prompt. */
export interface Removed {
  readonly values: readonly number[];
  /** KL(whole || edited) of the next-token distribution at the answer, nats. */
  readonly kl: readonly number[];
  readonly correct: readonly boolean[];
}

export interface Running {
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** Tokens of the prompts that run together: short enough to be stopped or overtaken between two programs. */
const TOKENS_PER_RUN = 640;

export class Removals {
  readonly #model: Model;
  readonly #request: RemovalsRequest;
  readonly #parts: readonly Part[];
  readonly #known = new Map<string, Removed>();
  #seconds = 0;

  /** Throws Fault where the prompts don't allow that kind of replacement, or can't be scored. */
  constructor(model: Model, request: RemovalsRequest) {
    const { prompts, metric, by } = request;
    checkAblation({ prompts, metric, kind: kinds[by], seed: 0 });
    this.#model = model;
    this.#request = request;
    this.#parts = partsOf(model, request);
  }

  /** Spent on running the model. */
  get seconds(): number {
    return this.#seconds;
  }

  async whole(running: Running): Promise<Removed> {
    const [whole] = await this.without([[]], running);
    return whole as Removed;
  }

  /** In the order of the sets. Throws Fault for a node that the model lacks. */
  async without(sets: readonly (readonly NodeId[])[], running: Running): Promise<readonly Removed[]> {
    const keys = sets.map(keyOf);
    const missing = new Map<string, readonly NodeId[]>();
    keys.forEach((key, i) => {
      if (!this.#known.has(key)) missing.set(key, sets[i] as readonly NodeId[]);
    });
    if (missing.size > 0) await this.#measure(missing, running);
    return keys.map((key) => this.#known.get(key) as Removed);
  }

  async #measure(sets: ReadonlyMap<string, readonly NodeId[]>, running: Running): Promise<void> {
    const started = performance.now();
    const units = new Map<SweepUnit, string>();
    for (const [key, nodes] of sets) if (nodes.length > 0) units.set(unitOf(this.#model.family, nodes), key);
    const found = new Map<string, Removed[]>([...sets.keys(), keyOf([])].map((key) => [key, []]));
    let done = 0;
    const total = this.#parts.length * (units.size + 1);
    for (const part of this.#parts) {
      for await (const { key, removed } of this.#runPart(part, units, running.signal)) {
        found.get(key)?.push(removed);
        running.onProgress?.(++done, total);
      }
    }
    for (const [key, parts] of found) this.#known.set(key, joined(parts));
    this.#seconds += (performance.now() - started) / 1000;
  }

  async *#runPart(
    { prompts, clean }: Part,
    units: ReadonlyMap<SweepUnit, string>,
    signal: AbortSignal,
  ): AsyncGenerator<{ readonly key: string; readonly removed: Removed }> {
    const { metric, by } = this.#request;
    const scene = new EffectScene({ prompts, metric, seed: 0 });
    const ids = prompts.map((prompt) => prompt.ids);
    const results = sweep(this.#model, {
      ...{ ids, units: [...units.keys()], kind: kinds[by], signal },
      answerPositions: prompts.map(({ answerPosition }) => answerPosition),
      ...(by === 'counterfactual' ? { reference: prompts.map(({ corruptIds }) => corruptIds ?? []) } : {}),
      clean: clean ?? new CleanRun(this.#model, ids),
    });
    for (;;) {
      const step = await this.#model.exclusive(() => results.next());
      if (step.done === true) return;
      const { unit, logits } = step.value;
      if (unit === null) scene.baseline(logits);
      const key = unit === null ? keyOf([]) : units.get(unit);
      if (key === undefined) throw new RangeError('the sweep gave a set that was not asked for');
      const { values, kl, correct } = scene.compare(logits);
      yield { key, removed: { values, kl, correct } };
    }
  }
}

/** Prompts that run together, and their unedited run where it is kept. */
interface Part {
  readonly prompts: readonly Prompt[];
  readonly clean: CleanRun | null;
}

/** A mean is over all prompts: they stay together then. */
function partsOf(model: Model, { prompts, by }: RemovalsRequest): readonly Part[] {
  const longest = Math.max(...prompts.map(({ ids }) => ids.length));
  const rows = by === 'mean' ? prompts.length : Math.max(1, Math.floor(TOKENS_PER_RUN / longest));
  const parts = Array.from({ length: Math.ceil(prompts.length / rows) }, (_, i) =>
    prompts.slice(i * rows, (i + 1) * rows),
  ).map((own) => ({
    prompts: own,
    clean: new CleanRun(
      model,
      own.map(({ ids }) => ids),
      true,
    ),
  }));
  const bytes = parts.reduce((sum, { clean }) => sum + clean.bytes, 0);
  return bytes <= KEPT_BYTES ? parts : parts.map((part) => ({ ...part, clean: null }));
}

const kinds = { counterfactual: 'resample', mean: 'mean', zero: 'zero' } as const;

/** One replacement a layer and site. */
function unitOf({ shape }: Family, nodes: readonly NodeId[]): SweepUnit {
  const heads = new Map<number, number[]>();
  const parts: Replacement[] = [];
  for (const id of nodes) {
    const node = parseNode(id);
    const isKnown =
      node !== null && (node.kind === 'head' || node.kind === 'mlp') && node.layer < shape.layers && isIn(node, shape);
    if (!isKnown) {
      throw new Fault({ what: 'no node of this model', expected: 'L0H0, L0MLP ... of its shape', got: id });
    }
    if (node.kind === 'mlp') parts.push({ layer: node.layer, sites: ['mlpOut'] });
    else heads.set(node.layer, [...(heads.get(node.layer) ?? []), node.head]);
  }
  return [...[...heads].map(([layer, own]): Replacement => ({ layer, sites: ['z'], heads: own })), ...parts];
}

type Placed = { readonly kind: 'head'; readonly head: number } | { readonly kind: 'mlp' };

function isIn(node: Placed, { heads, mlpWidth }: Family['shape']): boolean {
  return node.kind === 'head' ? node.head < heads : mlpWidth !== null;
}

function keyOf(nodes: readonly NodeId[]): string {
  return [...new Set(nodes)].sort().join();
}

function joined(parts: readonly Removed[]): Removed {
  return {
    values: parts.flatMap(({ values }) => values),
    kl: parts.flatMap(({ kl }) => kl),
    correct: parts.flatMap(({ correct }) => correct),
  };
}
