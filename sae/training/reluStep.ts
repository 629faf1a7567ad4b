/** Steps of ReLU codes: by lists of them while few are active, which is most of a training, and by the graph's gradient before. */
import type { DictionaryState } from './dictionaryState.ts';
import type { StepOutcome } from './dictionaryStep.ts';
import { GradientStep } from './gradientStep.ts';
import type { Plan } from './lossGraph.ts';
import { mostActive, SelectionStep } from './selectionStep.ts';

export class ReluStep {
  readonly #lists: SelectionStep;
  readonly #graph: GradientStep;

  private constructor(lists: SelectionStep, graph: GradientStep) {
    this.#lists = lists;
    this.#graph = graph;
  }

  /** Is this plan one that both ways know? */
  static takes(plan: Plan): boolean {
    return plan.variant.id === 'standard' && SelectionStep.takes(plan) && GradientStep.takes(plan);
  }

  /** Throws Fault for a plan whose weights, moments, gradients and codes do not fit into memory. */
  static requireRoom(plan: Plan): void {
    SelectionStep.requireRoom(plan);
    GradientStep.requireRoom(plan);
  }

  static async create(plan: Plan): Promise<ReluStep> {
    const lists = await SelectionStep.create(plan);
    try {
      return new ReluStep(lists, await GradientStep.create(plan));
    } catch (error) {
      await lists.release();
      throw error;
    }
  }

  /**
   * The state after one more step on a batch [B D]. The plan's key is that of the plan it was created with. Which way it takes
   * depends on the state and the batch alone, so that a training that was stopped goes on to the same bits.
   */
  async run(plan: Plan, state: DictionaryState, batch: Float32Array): Promise<StepOutcome> {
    const found = isSparse(plan, state) ? await this.#lists.runWithin(plan, state, batch) : null;
    return found ?? this.#graph.run(plan, state, batch);
  }

  async release(): Promise<void> {
    await this.#lists.release();
    await this.#graph.release();
  }
}

/** By the running mean of what was active; before the first step nothing is known. */
function isSparse({ size }: Plan, { step, density }: DictionaryState): boolean {
  return step > 0 && density.reduce((sum, share) => sum + share, 0) <= mostActive(size);
}
