import type { Samples } from '../../prune/calibration/samples.ts';
import type { TextFacts } from '../../results/pruneCurve.ts';
import type { PlainWindows } from './plainWindows.ts';

/** What a result says of the text that it was measured on. */
export function textFactsOf(
  { rows, source, tokenIdsSha256 }: PlainWindows,
  { unit, names }: Samples,
  length: number,
): TextFacts {
  const tokens = rows.reduce((total, ids) => total + ids.length, 0);
  return { source, n: rows.length, length, tokens, tokenIdsSha256, samples: { of: unit, n: names.length } };
}
