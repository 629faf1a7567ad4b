/** Metrics of one prompt: pure functions of the logits at its answer position. Units and directions: terms/measures.ts. */
import { Fault } from '../terms/fault.ts';
import { measures } from '../terms/measures.ts';
import type { MetricId, Prompt } from './task.ts';

/** What a metric needs to know of a prompt. */
export type Scored = Pick<Prompt, 'answers' | 'wrong'>;

/** `logits` is a view of the V values at one position; never changed. Throws RangeError for ids outside V or missing answers. */
export type Metric = (logits: Float32Array, prompt: Scored) => number;

/** mean_A l - mean_W l, in logits. */
export function logitDifference(logits: Float32Array, { answers, wrong }: Scored): number {
  return sum(logits, answers) / answers.length - sum(logits, wrong) / wrong.length;
}

/** sum_A p - sum_W p, from -1 to 1. */
export function probabilityDifference(logits: Float32Array, { answers, wrong }: Scored): number {
  requireIds('answers', answers);
  requireIds('wrong answers', wrong);
  const { top, logMass } = partition(logits);
  const mass = (ids: readonly number[]) => ids.reduce((sum, id) => sum + Math.exp(at(logits, id) - top - logMass), 0);
  return mass(answers) - mass(wrong);
}

/** How many tokens have a higher logit than the best answer: 0 is the best, V - 1 the worst; a tie counts for the answer. NaN if that logit is NaN. */
export function rank(logits: Float32Array, { answers }: Scored): number {
  const best = highest(logits, answers);
  if (Number.isNaN(best)) return NaN;
  let above = 0;
  for (let id = 0; id < logits.length; id++) if (value(logits, id) > best) above++;
  return above;
}

/** -log sum_A p = log sum_V exp(l) - log sum_A exp(l), in nats; 0 is the best. */
export function negativeLogLikelihood(logits: Float32Array, { answers }: Scored): number {
  requireIds('answers', answers);
  const all = partition(logits);
  const right = partition(Float32Array.from(answers, (id) => at(logits, id)));
  // Rounding may leave -1e-16 where the answers hold all the probability.
  return Math.max(0, all.top - right.top + (all.logMass - right.logMass));
}

export const metrics: Readonly<Record<MetricId, Metric>> = {
  logitDifference,
  probabilityDifference,
  rank,
  negativeLogLikelihood,
};

export function isMetricId(name: string): name is MetricId {
  return Object.hasOwn(metrics, name);
}

/** Every answer beats every wrong answer; ties and NaN do not. Without wrong answers every other token is wrong. */
export function isCorrect(logits: Float32Array, { answers, wrong }: Scored): boolean {
  requireIds('answers', answers);
  const lowest = answers.reduce((least, id) => Math.min(least, at(logits, id)), Infinity);
  if (wrong.length > 0) return lowest > highest(logits, wrong);
  const right = new Set(answers);
  return logits.every((logit, id) => right.has(id) || lowest > logit);
}

/** Refuses a prompt that `metric` cannot score: one without answers, or without wrong answers where they are needed. */
export function requireScorable(prompt: Scored, metric: MetricId, where: string): void {
  const missing =
    prompt.answers.length === 0 ? 'answer' : measures[metric].needsWrong && prompt.wrong.length === 0 ? 'wrong' : null;
  if (missing === null) return;
  throw new Fault({ what: `no ${missing}`, where, expected: `${missing} for ${metric}`, got: 'none' });
}

/** log sum exp(l) in nats: what is subtracted from a logit to make a log-probability. */
export function logSumExp(logits: Float32Array): number {
  const { top, logMass } = partition(logits);
  return top + logMass;
}

/** log sum exp(l) = top + logMass, apart because a large top would round logMass away. Float64; NaN if a logit is. */
function partition(logits: Float32Array): { readonly top: number; readonly logMass: number } {
  const top = maximum(logits);
  // Nothing has any probability; subtracting the maximum would give NaN.
  if (top === -Infinity) return { top, logMass: 0 };
  let mass = 0;
  for (let i = 0; i < logits.length; i++) mass += Math.exp(value(logits, i) - top);
  return { top, logMass: Math.log(mass) };
}

/** A distribution that others are compared with: computed once per prompt. */
export interface Distribution {
  /** softmax(l), [V]. */
  readonly probabilities: Float64Array;
  /** sum p log p = minus the entropy, in nats. */
  readonly negativeEntropy: number;
}

export function distribution(logits: Float32Array): Distribution {
  const { top, logMass } = partition(logits);
  // One loop over numbers: from() with a function takes five times as long, a quarter of a second for 16 prompts.
  const probabilities = new Float64Array(logits.length);
  let negativeEntropy = 0;
  for (let i = 0; i < logits.length; i++) {
    const logProbability = value(logits, i) - top - logMass;
    const p = Math.exp(logProbability);
    probabilities[i] = p;
    if (p !== 0) negativeEntropy += p * logProbability;
  }
  return { probabilities, negativeEntropy };
}

/**
 * KL(p || q) in nats, q = softmax(logits); Infinity where q is 0 and p is not. Throws RangeError if the sizes differ.
 * KL = sum p log p - sum p (l_q - log sum exp l_q), in float64; terms with p = 0 are 0.
 */
export function klDivergence(from: Distribution, logits: Float32Array): number {
  const { probabilities } = from;
  if (probabilities.length !== logits.length) {
    throw new RangeError(`klDivergence: expected ${probabilities.length} logits, got ${logits.length}`);
  }
  const top = maximum(logits);
  let cross = 0;
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    const shifted = value(logits, i) - top;
    const p = probabilities[i] as number;
    total += Math.exp(shifted);
    if (p !== 0) cross += p * shifted;
  }
  // sum p = 1 up to rounding, so the maximum cancels. Rounding may also leave -1e-15 for equal distributions.
  return Math.max(0, from.negativeEntropy - cross + Math.log(total));
}

function sum(logits: Float32Array, ids: readonly number[]): number {
  requireIds('answers and wrong answers', ids);
  return ids.reduce((total, id) => total + at(logits, id), 0);
}

function highest(logits: Float32Array, ids: readonly number[]): number {
  requireIds('answers', ids);
  return ids.reduce((top, id) => Math.max(top, at(logits, id)), -Infinity);
}

function maximum(logits: Float32Array): number {
  let top = -Infinity;
  for (let i = 0; i < logits.length; i++) {
    const logit = value(logits, i);
    if (!(logit <= top)) top = logit;
    if (Number.isNaN(logit)) return NaN;
  }
  return top;
}

function at(logits: Float32Array, id: number): number {
  const logit = logits[id];
  if (logit === undefined) throw new RangeError(`token ${id}: expected an id below ${logits.length}`);
  return logit;
}

// The loop bounds are the array's own, so there is always a value.
function value(logits: Float32Array, index: number): number {
  return logits[index] as number;
}

function requireIds(what: string, ids: readonly number[]): void {
  if (ids.length === 0) throw new RangeError(`metric: expected ${what}, got none`);
}
