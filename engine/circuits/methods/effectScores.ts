import type { NodeScores } from '../method.ts';

type Passes = Pick<NodeScores, 'forwardPasses' | 'backwardPasses'>;

/** A node's score is the size of its effect. */
export function effectScores(effects: readonly number[], passes: Passes): NodeScores {
  return { scores: effects.map(Math.abs), signed: effects, z: null, ...passes };
}
