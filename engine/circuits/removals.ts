/**
 * The model on prompts with sets of nodes replaced, all nodes of a set at once and at every position: heads at z before W_O,
 * MLPs at what they add to the stream. A circuit is the removal of everything outside it; embedding, norms, biases and nodes
 * outside the node set are never replaced. Several sets share a run, and none of the latest is run twice.
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
import { Latest } from './latest.ts';
import type { OnProgress } from './method.ts';

/** What takes a node's place: its value on the counterfactual prompt, its mean over the prompts at each position, nothing. */
export type ReplacedBy = 'counterfactual' | 'mean' | 'zero';

export interface RemovalsRequest {
  readonly prompts: readonly Prompt[];
  readonly metric: MetricId;
  readonly by: ReplacedBy;
  /** Sets whose numbers are kept, those that were asked for last (default 1,024: a slider moved through many circuits keeps no more). */
  readonly kept?: number;
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
const KEPT_SETS = 1024;

export class Removals {
  readonly #model: Model;
  readonly #request: RemovalsRequest;
  readonly #parts: readonly Part[];
  readonly #known: Latest<string, Removed>;
  #seconds = 0;

  /** Throws Fault where the prompts don't allow that kind of replacement, or can't be scored. */
  constructor(model: Model, request: RemovalsRequest) {
    const { prompts, metric, by, kept = KEPT_SETS } = request;
    if (by === 'mean') checkOneLength(prompts);
    checkAblation({ prompts, metric, kind: kinds[by], seed: 0 });
    this.#known = new Latest(kept);
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
    // Not all of them need stay known until the last is.
    const found = new Map<string, Removed>();
    const missing = new Map<string, readonly NodeId[]>();
    keys.forEach((key, i) => {
      const known = this.#known.get(key);
      if (known !== null) found.set(key, known);
      else missing.set(key, sets[i] as readonly NodeId[]);
    });
    if (missing.size > 0) {
      for (const [key, removed] of await this.#measure(missing, running)) found.set(key, removed);
    }
    return keys.map((key) => found.get(key) as Removed);
  }

  /** Of these sets, and of none, which is run with them. */
  async #measure(
    sets: ReadonlyMap<string, readonly NodeId[]>,
    running: Running,
  ): Promise<ReadonlyMap<string, Removed>> {
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
    const measured = new Map([...found].map(([key, parts]) => [key, joined(parts)]));
    for (const [key, removed] of measured) this.#known.set(key, removed);
    this.#seconds += (performance.now() - started) / 1000;
    return measured;
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

/** A circuit's nodes have no other mean than that at their own position: prompts are not aligned at their ends here. */
function checkOneLength(prompts: readonly Prompt[]): void {
  const lengths = prompts.map(({ ids }) => ids.length);
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  if (least === most) return;
  throw new Fault({
    what: 'a mean per position needs prompts of one length',
    expected:
      'prompts of equal length, or counterfactual values (--outside counterfactual) or zero (--set ablation.by=zero)',
    got: `${least} to ${most} tokens`,
  });
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
