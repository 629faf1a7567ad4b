/** The metrics of tasks (engine/tasks/metrics.ts) as graphs, to be differentiated. */
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';
import { sizeOfAxis } from '../graph/value.ts';
import type { Objective } from '../run/backwardGraph.ts';
import type { Feeds } from '../run/ort.ts';
import type { Scored } from '../tasks/metrics.ts';
import type { MetricId } from '../tasks/task.ts';
import { Fault } from '../terms/fault.ts';

const WEIGHTS = 'objective.weights';
/** Far below any logarithm of a probability. */
const EXCLUDED = -1e30;

export interface MetricObjective {
  readonly objective: Objective;
  readonly feeds: Feeds;
}

/**
 * The metric of each row's prompt on logits [B, P 1, V], and the ids it reads as feeds. Throws Fault for `rank`, which moves
 * in steps: its gradient is zero wherever it has one.
 */
export function metricObjective(metric: MetricId, prompts: readonly Scored[], vocabulary: number): MetricObjective {
  const { build, weightsOf, rest } = formOf(metric);
  const data = new Float32Array(prompts.length * vocabulary).fill(rest);
  prompts.forEach((prompt, row) => {
    for (const [id, weight] of weightsOf(prompt)) data[row * vocabulary + id] = weight;
  });
  return {
    objective: { key: metric, build },
    feeds: { [WEIGHTS]: { data, shape: [prompts.length, 1, vocabulary] } },
  };
}

interface Form {
  build(g: GraphBuilder, logits: Value): Value;
  /** What is fed for the ids that count. */
  weightsOf(prompt: Scored): readonly (readonly [id: number, weight: number])[];
  /** What is fed for every other id. */
  readonly rest: number;
}

function formOf(metric: MetricId): Form {
  switch (metric) {
    case 'logitDifference':
      return { build: (g, logits) => g.contract(logits, weightsLike(g, logits), 'B'), weightsOf: means, rest: 0 };
    case 'probabilityDifference':
      return { build: probabilityDifference, weightsOf: signs, rest: 0 };
    case 'negativeLogLikelihood':
      return { build: negativeLogLikelihood, weightsOf: answers, rest: EXCLUDED };
    case 'rank':
      throw new Fault({
        what: 'the rank has no gradient',
        where: 'metric',
        expected: 'logitDifference, probabilityDifference or negativeLogLikelihood',
        got: metric,
      });
  }
}

// mean_A l - mean_W l = sum_v l_v w_v
function means({ answers: right, wrong }: Scored): [number, number][] {
  return [
    ...right.map((id) => [id, 1 / right.length] as [number, number]),
    ...wrong.map((id) => [id, -1 / wrong.length] as [number, number]),
  ];
}

// sum_A p - sum_W p
function signs({ answers: right, wrong }: Scored): [number, number][] {
  return [...right.map((id) => [id, 1] as [number, number]), ...wrong.map((id) => [id, -1] as [number, number])];
}

function answers({ answers: right }: Scored): [number, number][] {
  return right.map((id) => [id, 0]);
}

function weightsLike(g: GraphBuilder, logits: Value): Value {
  return g.input(WEIGHTS, 'B P V', 'float32', { V: sizeOfAxis(logits.type, 'V') as number });
}

function probabilityDifference(g: GraphBuilder, logits: Value): Value {
  return g.contract(g.softmax(logits, 'V'), weightsLike(g, logits), 'B');
}

// -log sum_A p = -(m + log sum_A exp(log p - m)), m the largest of log p over A: no answer is too improbable for float32.
function negativeLogLikelihood(g: GraphBuilder, logits: Value): Value {
  const counted = g.add(g.logSoftmax(logits, 'V'), weightsLike(g, logits));
  const largest = g.stopGradient(g.max(counted, 'V'));
  const rest = g.log(g.sum(g.exp(g.subtract(counted, largest)), 'V'));
  return g.negate(g.sum(g.add(largest, rest), 'P'));
}
