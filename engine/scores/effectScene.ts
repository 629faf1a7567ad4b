/** Per-prompt metrics of one clean run and of edited ones, and what they come to over prompts. */
import type { Distribution } from '../tasks/metrics.ts';
import { distribution, isCorrect, klDivergence, metrics } from '../tasks/metrics.ts';
import { summariser, summariseShare } from '../tasks/statistics.ts';
import type { MetricId, Prompt } from '../tasks/task.ts';
import type { Summary } from '../terms/summary.ts';
import type { Tensor } from '../tensor/tensor.ts';

export interface SceneRequest {
  readonly prompts: readonly Prompt[];
  readonly metric: MetricId;
  /** Of the bootstrap. */
  readonly seed: number;
}

export interface Comparison {
  readonly values: readonly number[];
  readonly changes: readonly number[];
  readonly kl: readonly number[];
  readonly correct: readonly boolean[];
}

/** The clean side of a run: per-prompt metric and distribution, filled by the baseline. */
export class EffectScene {
  readonly #prompts: readonly Prompt[];
  readonly #metricId: MetricId;
  readonly #summarise: (values: ArrayLike<number>) => Summary;
  #clean: { readonly metric: readonly number[]; readonly distributions: readonly Distribution[] } | null = null;

  constructor({ prompts, metric, seed }: SceneRequest) {
    this.#prompts = prompts;
    this.#metricId = metric;
    this.#summarise = summariser(prompts.length, seed);
  }

  baseline(logits: Tensor): { metric: Summary; accuracy: Summary } {
    const rows = this.#rows(logits);
    this.#clean = { metric: this.#metric(rows), distributions: rows.map(distribution) };
    const correct = this.#prompts.map((prompt, i) => isCorrect(at(rows, i), prompt));
    return { metric: this.#summarise(this.#clean.metric), accuracy: summariseShare(correct) };
  }

  effect(logits: Tensor): { effect: Summary; kl: Summary } {
    const { changes, kl } = this.compare(logits);
    return { effect: this.#summarise(changes), kl: this.#summarise(kl) };
  }

  /** Prompt by prompt: the metric, what it changed by (edited - clean), KL(clean || edited) and whether the answer is right. */
  compare(logits: Tensor): Comparison {
    const clean = this.#clean;
    if (clean === null) throw new RangeError('the sweep gave a unit before the baseline');
    const rows = this.#rows(logits);
    const values = this.#metric(rows);
    return {
      values,
      changes: values.map((value, i) => value - at(clean.metric, i)),
      kl: rows.map((row, i) => klDivergence(at(clean.distributions, i), row)),
      correct: this.#prompts.map((prompt, i) => isCorrect(at(rows, i), prompt)),
    };
  }

  /** The metric of every prompt, clean or edited. */
  values(logits: Tensor): number[] {
    return this.#metric(this.#rows(logits));
  }

  /** Over all prompts. */
  summarise(values: ArrayLike<number>): Summary {
    return this.#summarise(values);
  }

  #metric(rows: readonly Float32Array[]): number[] {
    const metric = metrics[this.#metricId];
    return this.#prompts.map((prompt, i) => metric(at(rows, i), prompt));
  }

  #rows({ data }: Tensor): Float32Array[] {
    const n = this.#prompts.length;
    const width = data.length / n;
    return Array.from({ length: n }, (_, i) => data.subarray(i * width, (i + 1) * width));
  }
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index} of ${items.length}`);
  return item;
}
