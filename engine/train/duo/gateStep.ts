/** One step of the gates as one program: the penalty's gradient, AdamW, and what is outside [0, 1] put back. */
import { GraphBuilder } from '../../graph/builder.ts';
import { gradient, gradientName } from '../../graph/gradient.ts';
import type { Graph } from '../../graph/graph.ts';
import { lower } from '../../graph/lower.ts';
import type { Value } from '../../graph/value.ts';
import type { Feed } from '../../run/ort.ts';
import { Session } from '../../run/ort.ts';
import type { AdamWSettings } from '../adamW.ts';
import { adamW, biasCorrection } from '../adamW.ts';
import type { GateState } from './gateState.ts';

/** PyTorch's AdamW as the paper uses it: nothing decays. */
const settings = {
  betas: [0.9, 0.999],
  epsilon: 1e-8,
  weightDecay: 0,
  clip: null,
} as const satisfies AdamWSettings;

const names = {
  gates: 'gates',
  distillation: 'distillation',
  first: 'first',
  second: 'second',
  rate: 'learningRate',
  firstCorrection: 'firstCorrection',
  secondCorrection: 'secondCorrection',
  penalty: 'penalty',
} as const;
const next = (name: string) => `next.${name}`;
const outputs = [names.gates, names.first, names.second].map(next);

/** penalty = regularisation mean |gate| (Xiao et al. 2024, eq. 4); gates' = min(1, max(0, AdamW(gates, distillation + penalty))). */
function gateStepGraph(count: number, regularisation: number): Graph {
  const sizes = { G: count };
  const first = new GraphBuilder('gate step', sizes);
  const gates = first.input(names.gates, 'G');
  first.output(names.penalty, first.multiply(first.mean(first.abs(gates), 'G'), regularisation));
  const penalised = gradient(first.build(), names.penalty, [names.gates], { mayStretch: () => false });
  const g = GraphBuilder.from(penalised, 'gate step', () => false);
  const ofPenalty = penalised.outputs.get(gradientName(names.gates)) as Value;
  const each = (name: string) => g.input(name, 'G', 'float32', sizes);
  const updated = adamW(
    g,
    {
      weight: gates,
      gradient: g.add(each(names.distillation), ofPenalty),
      first: each(names.first),
      second: each(names.second),
    },
    {
      learningRate: g.input(names.rate, ''),
      firstCorrection: g.input(names.firstCorrection, ''),
      secondCorrection: g.input(names.secondCorrection, ''),
    },
    settings,
    false,
  );
  g.output(next(names.gates), g.minimum(g.maximum(updated.weight, 0), 1));
  g.output(next(names.first), updated.first);
  g.output(next(names.second), updated.second);
  return g.build();
}

export class GateStep {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  static async create(count: number, regularisation: number): Promise<GateStep> {
    const lowered = lower(gateStepGraph(count, regularisation), { storage: () => ({ kind: 'input' }) });
    return new GateStep(await Session.create(lowered, { memory: [], keepsArena: false }));
  }

  /** The state after one more step, from the distillation's gradient [L G]. */
  async run(state: GateState, distillation: Float32Array, rate: number): Promise<GateState> {
    const [beta1, beta2] = settings.betas;
    const step = state.step + 1;
    const results = await this.#session.run(
      {
        [names.gates]: each(state.gates),
        [names.distillation]: each(distillation),
        [names.first]: each(state.first),
        [names.second]: each(state.second),
        [names.rate]: scalar(rate),
        [names.firstCorrection]: scalar(biasCorrection(beta1, step)),
        [names.secondCorrection]: scalar(biasCorrection(beta2, step)),
      },
      outputs,
    );
    const [gates, first, second] = [...results.values()].map(({ data }) => data);
    if (gates === undefined || first === undefined || second === undefined) throw new RangeError('gate step: no gates');
    return { step, gates, first, second };
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function each(data: Float32Array): Feed {
  return { data, shape: [data.length] };
}

function scalar(value: number): Feed {
  return { data: new Float32Array([value]), shape: [] };
}
