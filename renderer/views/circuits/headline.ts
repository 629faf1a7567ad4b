/** What the table says, in plain words: does learning matter, and does any method do better than what knows nothing? */
import { formatFixed } from '../../marks/format.ts';
import type { CircuitHeader } from '../../../engine/results/circuitBench.ts';
import type { Judgement, SeedMean } from './judgements.ts';
import type { MethodLook } from './methodLooks.ts';
import { referenceTitle } from './referenceTitle.ts';

/** The method that learns codes, and the same without learning. */
const trained = 'discrete-sae';
const untrained = 'untrained';

export interface HeadlineOf {
  readonly judgements: readonly Judgement[];
  readonly looks: readonly MethodLook[];
}

/** Sentences; none until there is something to compare. */
export function headlineOf(of: HeadlineOf): readonly string[] {
  const { judgements, looks } = of;
  const withRole = (role: MethodLook['role']) =>
    judgements.filter(({ method }) => looks.find(({ id }) => id === method)?.role === role);
  const learning = learningWords(judgements);
  const best = bestWords(of, bestOf(withRole('method')), bestOf(withRole('control')));
  return [learning, best].filter((words) => words !== null);
}

function learningWords(judgements: readonly Judgement[]): string | null {
  const [with_, without] = [trained, untrained].map((id) => judgements.find(({ method }) => method === id));
  if (with_ === undefined || without === undefined) return null;
  const numbers = `AUC ${aucWords(without.auc)} against ${aucWords(with_.auc)}`;
  switch (verdictOf(without.auc, with_.auc)) {
    case 'alike':
      return `The untrained encoder does as well as the trained one: ${numbers}.`;
    case 'better':
      return `The untrained encoder does better than the trained one: ${numbers}.`;
    case 'worse':
      return `The trained encoder does better than the untrained one${chanceWords(with_.auc)}: AUC ${aucWords(with_.auc)} against ${aucWords(without.auc)}.`;
    case 'unknown':
      return `Untrained encoder against the trained one: ${numbers}; one seed each, so there is no telling whether they differ.`;
  }
}

/** The area of a ranking by lot. */
const CHANCE = 0.5;

/** Better than another is not yet good. */
function chanceWords({ mean }: SeedMean): string {
  return mean > CHANCE ? '' : ', and neither is above chance';
}

function bestWords({ looks }: HeadlineOf, method: Judgement | null, control: Judgement | null): string | null {
  if (method === null) return null;
  const named = ({ method: id, auc }: Judgement) =>
    `${looks.find((look) => look.id === id)?.title ?? id} ${aucWords(auc)}`;
  if (control === null)
    return `Best of the methods: ${named(method)}. No control was run, so chance is not known here.`;
  const both = `best of the methods: ${named(method)}; best of the controls: ${named(control)}`;
  switch (verdictOf(method.auc, control.auc)) {
    case 'alike':
      return `No method can be told from every control (${both}).`;
    case 'worse':
      return `A control does better than every method (${both}).`;
    case 'better':
      return `A method does better than every control (${both}).`;
    case 'unknown':
      return `${both.charAt(0).toUpperCase()}${both.slice(1)}; neither was drawn several times, so there is no telling whether they differ.`;
  }
}

interface ReferenceOf {
  readonly reference: CircuitHeader['references'][number];
  /** How many nodes are ranked. */
  readonly ranked: number;
}

/** AUC is over nodes: a few nodes make a rough one. */
export function referenceWords({ reference, ranked }: ReferenceOf): string {
  const { note, nodes } = reference;
  return `Held against ${referenceTitle(reference)}: ${nodes.length} of ${ranked} nodes${note === null ? '' : `, ${note}`}.`;
}

function bestOf(judgements: readonly Judgement[]): Judgement | null {
  return judgements.reduce<Judgement | null>(
    (best, one) => (best === null || one.auc.mean > best.auc.mean ? one : best),
    null,
  );
}

type OverSeeds = Pick<SeedMean, 'mean' | 'interval'>;

export type Verdict = 'better' | 'worse' | 'alike' | 'unknown';

/** Does the difference of two means leave its 95 % interval, whose half is the root of the sum of both halves' squares? */
export function verdictOf(a: OverSeeds, b: OverSeeds): Verdict {
  if (a.interval === null && b.interval === null) return 'unknown';
  const half = Math.hypot(halfOf(a), halfOf(b));
  const difference = a.mean - b.mean;
  if (Math.abs(difference) <= half) return 'alike';
  return difference > 0 ? 'better' : 'worse';
}

/** A method that draws nothing gives the same ranking each time. */
function halfOf({ interval }: OverSeeds): number {
  return interval === null ? 0 : (interval[1] - interval[0]) / 2;
}

/** `0.84 [0.80, 0.88] (10 seeds)`; of one ranking `0.84 [0.62, 0.95] (over nodes)`; an interval of few seeds may leave the range of an area. */
function aucWords({ mean, interval, overNodes, n }: SeedMean): string {
  const value = formatFixed(mean, 2);
  const ends = interval ?? overNodes;
  if (ends === null) return value;
  const [low, high] = [Math.max(0, ends[0]), Math.min(1, ends[1])];
  return `${value} [${formatFixed(low, 2)}, ${formatFixed(high, 2)}] (${interval === null ? 'over nodes' : `${n} seeds`})`;
}
