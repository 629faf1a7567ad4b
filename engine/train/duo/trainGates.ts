/**
 * Gates of DuoAttention (Xiao et al. 2024, arXiv 2410.10819, section 2.3): for each KV head how much it needs what lies
 * before its window, learned from how far the final hidden states move when it does not see it.
 */
import type { Family } from '../../arch/architecture.ts';
import type { Model } from '../../run/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { DuoSettings } from './duoSettings.ts';
import { rateShare } from './duoSettings.ts';
import type { GateState } from './gateState.ts';
import { GateStep } from './gateStep.ts';
import type { LabelledText } from './twoStreams.ts';
import { gateGradients } from './twoStreams.ts';

export interface GateTraining extends Pick<
  DuoSettings,
  'steps' | 'sink' | 'recent' | 'learningRate' | 'regularisation'
> {
  /** The text of a step (0-based): the same for the same step. */
  readonly textAt: (step: number) => LabelledText;
  /** Where to go on from. */
  readonly from: GateState;
  readonly signal?: AbortSignal;
}

export interface GateStepTaken {
  readonly state: GateState;
  /** Tokens of the text, and how many of them were compared. */
  readonly tokens: number;
  readonly labels: number;
  readonly learningRate: number;
  /** Before the step: mean squared difference of the final hidden states, and with the penalty on the gates. */
  readonly distillation: number;
  readonly loss: number;
  readonly seconds: number;
}

/**
 * One step at a time, from `from` to the last. The same steps give the same gates bit for bit, wherever they begin. Throws
 * Fault: a model whose attention is not causal, a text that does not fit its context, a loss that is not finite.
 */
export async function* trainGates(model: Model, training: GateTraining): AsyncGenerator<GateStepTaken, GateState> {
  requireGateable(model.family);
  let state = training.from;
  const update = await GateStep.create(state.gates.length, training.regularisation);
  try {
    while (state.step < training.steps) {
      const taken = await takeStep(model, training, state, update);
      state = taken.state;
      yield taken;
    }
    return state;
  } finally {
    await update.release();
  }
}

/** Throws Fault where streaming attention has no meaning in the model. */
export function requireGateable({ causal, lacks }: Family): void {
  const reason = causal ? (lacks.scores ?? lacks.pattern) : 'its attention sees the tokens after a query too';
  if (reason === undefined) return;
  throw new Fault({ what: `this model has no streaming heads: ${reason}`, expected: 'causal softmax attention' });
}

async function takeStep(
  model: Model,
  { steps, sink, recent, learningRate, regularisation, textAt, signal }: GateTraining,
  state: GateState,
  update: GateStep,
): Promise<GateStepTaken> {
  const began = performance.now();
  const text = textAt(state.step);
  const rate = learningRate * rateShare(state.step, steps);
  const request = { text, gates: state.gates, streaming: { sink, recent } };
  const { distillation, gradients } = await model.exclusive(() =>
    gateGradients(model, signal === undefined ? request : { ...request, signal }),
  );
  requireFinite(state.step + 1, distillation, gradients);
  const next = await update.run(state, gradients, rate);
  return {
    state: next,
    tokens: text.ids.length,
    labels: text.labels.reduce((sum, label) => sum + label, 0),
    learningRate: rate,
    distillation,
    loss: distillation + regularisation * meanOf(state.gates),
    seconds: (performance.now() - began) / 1000,
  };
}

function requireFinite(step: number, distillation: number, gradients: Float32Array): void {
  const bad = [distillation, ...gradients].find((value) => !Number.isFinite(value));
  if (bad === undefined) return;
  const where = `step ${step}`;
  throw new Fault({ what: 'training of gates diverged', where, expected: 'finite numbers', got: String(bad) });
}

/** Gates are never below 0: their mean is that of their magnitudes. */
export function meanOf(gates: Float32Array): number {
  return gates.reduce((sum, gate) => sum + gate, 0) / gates.length;
}
