/** What is asked of the engine, and why a method can't be run on these prompts. */
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import type { MeasuredOn } from '../../state/workspace.ts';
import type { CircuitsSettings } from './circuitsSettings.ts';
import type { MethodInfo } from './methodLooks.ts';

/** How many prompts there are, and how many have what methods need. */
export type PromptFacts = Pick<ResultOf<'prompts'>, 'total' | 'counterfactuals' | 'negatives'>;

const needWords = { corrupt: 'counterfactual', negative: 'negative twin' } as const;

/** Null where it can run, or where the prompts are not known yet. */
export function reasonAgainst(
  { needs, nodes, leastPrompts }: MethodInfo,
  wanted: CircuitsSettings['nodes'],
  prompts: PromptFacts | null,
): string | null {
  if (!nodes.includes(wanted)) return nodes.includes('heads') ? 'ranks heads alone' : 'ranks heads and MLPs together';
  if (prompts === null) return null;
  if (prompts.total < leastPrompts) return `needs ${leastPrompts} prompts or more: there are ${prompts.total}`;
  const lacking = needs.find((need) => countOf(prompts, need) < prompts.total);
  if (lacking === undefined) return null;
  return `needs a ${needWords[lacking]} of every prompt: ${countOf(prompts, lacking)} of ${prompts.total} have one`;
}

function countOf({ counterfactuals, negatives }: PromptFacts, need: MethodInfo['needs'][number]): number {
  return need === 'corrupt' ? counterfactuals : negatives;
}

/** Those of the wanted ones that can run. */
export function chosenMethods(
  known: readonly MethodInfo[],
  { methods, nodes }: Pick<CircuitsSettings, 'methods' | 'nodes'>,
  prompts: PromptFacts | null,
): readonly MethodInfo[] {
  return known.filter(
    (method) => (methods === null || methods.includes(method.id)) && reasonAgainst(method, nodes, prompts) === null,
  );
}

/** What can take the place of what lies outside: without counterfactuals only the mean. */
export function outsideOf(
  wanted: CircuitsSettings['outside'],
  prompts: PromptFacts | null,
): CircuitsSettings['outside'] {
  return prompts !== null && prompts.counterfactuals < prompts.total ? 'mean' : wanted;
}

export function circuitRequest(
  settings: CircuitsSettings,
  methods: readonly MethodInfo[],
  prompts: PromptFacts | null,
  on: MeasuredOn,
): RequestOf<'circuit'> {
  const { nodes, seeds, random, studied, permutations } = settings;
  return {
    ...on,
    ...{ nodes, seeds, random, studied, permutations },
    outside: outsideOf(settings.outside, prompts),
    methods: methods.map(({ id }) => ({ id, settings: settings.settings[id] ?? {} })),
  };
}
