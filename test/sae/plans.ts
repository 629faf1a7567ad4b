/** Small plans of training and values for their weights, for the tests of this folder. */
import type { Dense } from '../../engine/graph/dense.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { inputsOf, parametersOf } from '../../engine/graph/graph.ts';
import type { AxisLength } from '../../engine/tensor/tensor.ts';
import { sizeOf } from '../../engine/tensor/tensor.ts';
import type { Random } from '../../engine/tensor/random.ts';
import type { SettingValue } from '../../engine/terms/settings.ts';
import { checkSettings } from '../../engine/terms/settings.ts';
import type { Plan } from '../../sae/training/lossGraph.ts';
import type { TrainingSettings } from '../../sae/training/trainingSettings.ts';
import { defaultTraining } from '../../sae/training/trainingSettings.ts';
import { variantOf } from '../../sae/variants/index.ts';

export const small = { width: 5, features: 8 } as const;
export const smallRows = 6;

export interface PlanOptions {
  readonly settings?: Readonly<Record<string, SettingValue>>;
  readonly training?: Partial<TrainingSettings>;
  readonly size?: Plan['size'];
  readonly subtractsBias?: boolean;
}

/** Settings that make sense for F = 8. */
const smallSettings: Readonly<Record<string, Readonly<Record<string, SettingValue>>>> = {
  standard: { sparsity: 0.7 },
  gated: { sparsity: 0.7 },
  topK: { k: 3 },
  batchTopK: { k: 2.5 },
  jumpReLU: { sparsity: 0.7, bandwidth: 0.5, startThreshold: 0.3 },
  matryoshka: { k: 3, fractions: [0.25, 0.375] },
  matchingPursuit: { steps: 4 },
  discrete: { sparsity: 0.3 },
};

export function planOf(id: string, options: PlanOptions = {}): Plan {
  const variant = variantOf(id);
  const settings = checkSettings(variant.settings, { ...smallSettings[id], ...options.settings }, id);
  const training = { ...defaultTraining, rows: smallRows, normalised: false, sparsityWarmup: 0, ...options.training };
  return {
    variant,
    size: options.size ?? small,
    settings,
    training,
    subtractsBias: options.subtractsBias ?? true,
  };
}

/** Normal values for every parameter and input; `dead` is 1 for the last two features, `sparsity` the plan's. */
export function drawFeeds(graph: Graph, plan: Plan, random: Random): Map<string, Dense> {
  const feeds = new Map<string, Dense>();
  for (const { name, type } of [...inputsOf(graph), ...parametersOf(graph)]) {
    const axes = type.axes.map(({ axis, size }): AxisLength => ({ axis, size: size as number }));
    feeds.set(name, { axes, data: valuesOf(name, sizeOf(axes), plan, random) });
  }
  return feeds;
}

function valuesOf(name: string, count: number, plan: Plan, random: Random): Float64Array {
  const each = (value: (i: number) => number) => Float64Array.from({ length: count }, (_, i) => value(i));
  const { sparsity } = plan.settings;
  switch (name) {
    case 'sparsity':
      return each(() => (typeof sparsity === 'number' ? sparsity : 0));
    case 'dead':
      return each((i) => Number(i >= count - 2));
    case 'learningRate':
      return each(() => 0.01);
    case 'firstCorrection':
    case 'secondCorrection':
      return each(() => 1.25);
    case 'mixing':
      return each(() => random.next());
    case 'log_threshold':
    case 'r_mag':
    case 'gain':
      return each(() => 0.3 * random.normal() - 1);
    default:
      return name.startsWith('second.') ? each(() => random.next()) : each(() => Math.fround(random.normal() / 1.5));
  }
}
