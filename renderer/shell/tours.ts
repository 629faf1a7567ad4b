/**
 * Three ways through the workbench, as data. A step goes to a place, colours heads by a measure of the open model, chooses
 * the first heads by it, and says what to see. Nothing is prepared: the numbers are those of the user's own runs.
 */
import type { PlaceId } from '../state/places.ts';

/** A head score by its id, or the effect of zero ablation. */
export type TourMeasure = { readonly score: string } | { readonly effect: 'zero' };

export interface TourStep {
  readonly title: string;
  readonly text: string;
  readonly place: PlaceId;
  readonly measure?: TourMeasure;
  /** Makes the first head by the measure the primary one, and the first so many the set. */
  readonly choose?: number;
}

export interface TourPlan {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly steps: readonly TourStep[];
}

export const tours: readonly TourPlan[] = [
  {
    id: 'induction',
    title: 'An induction head',
    about: 'From a score to a pattern to what happens without the head.',
    steps: [
      {
        title: 'Which heads look for what came next?',
        text: 'Heads are coloured by their induction score: on random tokens that come twice, how much a token attends to what followed its first copy. The strongest head is chosen. A score says what a head does, not that it matters.',
        place: 'heads',
        measure: { score: 'induction' },
        choose: 1,
      },
      {
        title: 'See it attend',
        text: 'The same head on the prompt that is shown: each row is a token that looks, each column one that is looked at. Where it finds nothing to repeat, such a head mostly rests on the first token. Write a few words twice under “Own text”, and its stripe appears.',
        place: 'attention',
        measure: { score: 'induction' },
        choose: 1,
      },
      {
        title: 'What if it were gone?',
        text: 'Replace the head and compare the next tokens before and after. The random sets of the same size beside it say how much any head of this model would change.',
        place: 'ablate',
        measure: { score: 'induction' },
        choose: 1,
      },
    ],
  },
  {
    id: 'task',
    title: 'The heads behind a task',
    about: 'Exact effects of every head on the prompts, and a set of the largest.',
    steps: [
      {
        title: 'Every head, removed once',
        text: 'Each cell is the change of the metric when this head’s output is replaced by zero, a mean over the prompts. Blue: the metric falls, the head helps. Hatched: not measured yet.',
        place: 'heads',
        measure: { effect: 'zero' },
        choose: 1,
      },
      {
        title: 'How sure is that?',
        text: 'The inspector draws the 95 % interval of each effect. With ] and [ you go from head to head in the order of the effect. With space a head goes into the set.',
        place: 'heads',
        measure: { effect: 'zero' },
        choose: 3,
      },
      {
        title: 'The three largest together',
        text: 'The set is replaced as one. If the metric falls much further than for random sets of three, these heads carry the behaviour; if it falls by less than the sum of their effects, others step in.',
        place: 'ablate',
        measure: { effect: 'zero' },
        choose: 3,
      },
    ],
  },
  {
    id: 'sink',
    title: 'A sink head',
    about: 'A strong pattern that need not matter.',
    steps: [
      {
        title: 'Heads that rest on the first token',
        text: 'Coloured by the weight on the first position. High values are common: a head that has nothing to do puts its attention there.',
        place: 'heads',
        measure: { score: 'firstToken' },
        choose: 1,
      },
      {
        title: 'A pattern as clear as can be',
        text: 'One strong column. Switch on “Hide first key” to see what the head does with the rest of its attention.',
        place: 'attention',
        measure: { score: 'firstToken' },
        choose: 1,
      },
      {
        title: 'And does it matter?',
        text: 'Coloured by exact effects again, with the same head chosen: compare its effect with its pattern. Attention shows routing; only an experiment shows importance.',
        place: 'heads',
        measure: { effect: 'zero' },
      },
    ],
  },
];

export function tourOf(id: string | null): TourPlan | null {
  return tours.find((tour) => tour.id === id) ?? null;
}
