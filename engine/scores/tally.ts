/** One number per score, layer, head and prompt, as it adds up. */
import type { ModelShape } from '../arch/architecture.ts';
import { summariser } from '../tasks/statistics.ts';
import type { Summary } from '../terms/summary.ts';
import type { HeadScore, ScorePrompt } from './headScore.ts';

export class Tally {
  readonly #scores: readonly HeadScore[];
  readonly #heads: number;
  /** By score: the prompts with a query that counts. */
  readonly #counting: readonly (readonly number[])[];
  /** By score and prompt: [L N]. */
  readonly #values: readonly (readonly Float64Array[])[];
  readonly #summarisers = new Map<string, (values: ArrayLike<number>) => Summary>();

  constructor(scores: readonly HeadScore[], prompts: readonly ScorePrompt[], { layers, heads }: ModelShape) {
    this.#scores = scores;
    this.#heads = heads;
    this.#counting = scores.map((score) =>
      [...prompts.keys()].filter((i) => score.select(prompts[i] as ScorePrompt).length > 0),
    );
    this.#values = scores.map(() => prompts.map(() => new Float64Array(layers * heads)));
  }

  add(
    { score, layer, head }: { readonly score: number; readonly layer: number; readonly head: number },
    prompt: number,
    part: number,
  ): void {
    const values = this.#values[score]?.[prompt];
    const at = layer * this.#heads + head;
    if (values === undefined) throw new RangeError(`no score ${score} of prompt ${prompt}`);
    values[at] = (values[at] ?? NaN) + part;
  }

  /** By score id, over the prompts with a query that counts. */
  head(layer: number, head: number, seed: number): Readonly<Record<string, Summary>> {
    const at = layer * this.#heads + head;
    const entries = this.#scores.map(({ id }, score) => {
      const values = (this.#counting[score] ?? []).map((prompt) => this.#values[score]?.[prompt]?.[at] ?? NaN);
      return [id, this.#summariser(values.length, seed)(values)] as const;
    });
    return Object.fromEntries(entries);
  }

  #summariser(n: number, seed: number): (values: ArrayLike<number>) => Summary {
    const key = `${n} ${seed}`;
    const known = this.#summarisers.get(key) ?? summariser(n, seed);
    this.#summarisers.set(key, known);
    return known;
  }
}
