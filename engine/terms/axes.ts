/** Axis letters: imports nothing from the project. Every tensor, formula, comment and error uses these and no others. */

export const axes = {
  B: 'batch row',
  P: 'query position',
  K: 'key position (cached positions, then query positions)',
  T: 'cached key position',
  N: 'query head',
  G: 'key-value head',
  R: 'query heads per key-value head (N = G R)',
  H: 'head width',
  J: 'rotary frequency (half of the rotated width)',
  C: 'part of a fused projection',
  D: 'model width',
  M: 'MLP width',
  V: 'vocabulary entry',
  S: 'row of a stored position table',
  F: 'feature',
  E: 'reading: a weighting of pairs of query and key',
  I: 'band of neighbouring query positions',
  A: 'anchor of an archetypal dictionary',
} as const;

export type Axis = keyof typeof axes;

/** Axis letters separated by spaces, outermost first: `'B P N H'`. */
export type AxisList = string;

export function isAxis(letter: string): letter is Axis {
  return Object.hasOwn(axes, letter);
}
