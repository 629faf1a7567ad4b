/** What removing heads does to a task: its metric at the answer positions, prompt by prompt. */
import { CleanRun } from '../../run/cleanRun.ts';
import type { Model } from '../../run/index.ts';
import type { SweepUnit } from '../../run/sweep.ts';
import { sweep } from '../../run/sweep.ts';
import { metrics } from '../../tasks/metrics.ts';
import type { MetricId, Prompt } from '../../tasks/task.ts';
import type { HeadsByLayer } from '../surgery/headsByLayer.ts';

export interface TaskOn {
  readonly prompts: readonly Prompt[];
  readonly metric: MetricId;
}

/** The unedited run of the prompts is kept, so that a set of heads starts at the first layer that it touches. */
export class TaskScene {
  readonly #model: Model;
  readonly #task: TaskOn;
  readonly #clean: CleanRun;

  constructor(model: Model, task: TaskOn) {
    this.#model = model;
    this.#task = task;
    this.#clean = new CleanRun(
      model,
      task.prompts.map(({ ids }) => ids),
      true,
    );
  }

  /** The metric of each prompt with these heads zeroed; of the full model where there are none. */
  async without(removed: HeadsByLayer, signal?: AbortSignal): Promise<readonly number[]> {
    const { prompts, metric } = this.#task;
    const unit: SweepUnit = [...removed].map(([layer, heads]) => ({ layer, sites: ['z'], heads }));
    const results = sweep(this.#model, {
      ...{
        ids: prompts.map(({ ids }) => ids),
        units: unit.length === 0 ? [] : [unit],
        kind: 'zero',
        clean: this.#clean,
      },
      answerPositions: prompts.map(({ answerPosition }) => answerPosition),
      ...(signal === undefined ? {} : { signal }),
    });
    let { data } = await this.#next(results);
    if (unit.length > 0) ({ data } = await this.#next(results));
    const width = data.length / prompts.length;
    const of = metrics[metric];
    return prompts.map((prompt, i) => of(data.subarray(i * width, (i + 1) * width), prompt));
  }

  async #next(results: ReturnType<typeof sweep>) {
    const step = await this.#model.exclusive(() => results.next());
    if (step.done === true) throw new RangeError('the sweep ended early');
    return step.value.logits;
  }
}
