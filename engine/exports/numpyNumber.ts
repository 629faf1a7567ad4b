/** Numbers as numpy's savetxt writes them. Imports nothing. */

const DIGITS = 18;
/** As many as JavaScript gives: enough to see a tie. */
const ALL_DIGITS = 100;

/** `%.18e` of C: a sign, 19 digits, an exponent of at least two digits; ties go to the even digit. */
export function numpyNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`numpyNumber: ${value}`);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '', exponent = ''] = rounded(Math.abs(value)).split('e');
  return `${sign}${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`;
}

// JavaScript rounds a tie up. A double with a tie here has 20 digits in all, so that 100 show it.
function rounded(value: number): string {
  const [exact = '', exponent = ''] = value.toExponential(ALL_DIGITS).split('e');
  const kept = exact.slice(0, 2 + DIGITS);
  const isTie = /^50*$/.test(exact.slice(2 + DIGITS));
  const isEven = Number(kept.at(-1)) % 2 === 0;
  return isTie && isEven ? `${kept}e${exponent}` : value.toExponential(DIGITS);
}
