/** Numbers as people read them: a true minus sign, as many digits as the number deserves, one style in a column. */

const minus = '\u2212';

/** `-0.5` with a hyphen becomes a minus sign; an exponent too; a zero loses its sign. */
function sign(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text.replace(/-/g, minus);
}

/** Fixed decimals: `−1.30`. An en dash where nothing is known. */
export function formatFixed(value: number, decimals: number): string {
  if (Number.isNaN(value)) return '\u2013';
  if (!Number.isFinite(value)) return value < 0 ? `${minus}\u221e` : '\u221e';
  return sign(value.toFixed(decimals));
}

/** With a sign also when positive: `+0.13`, `−1.30`, `0.00`. For changes. */
export function formatChange(value: number, decimals: number): string {
  const text = formatFixed(value, decimals);
  return value > 0 && /[1-9\u221e]/.test(text) ? `+${text}` : text;
}

/** Three significant digits, without an exponent between a thousandth and a million: `0.0123`, `12.3`, `4,096`. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return sign(value.toLocaleString('en-US'));
  if (!Number.isFinite(value)) return formatFixed(value, 0);
  if (size < 1e-3 || size >= 1e6) return sign(value.toExponential(1).replace('e+', 'e'));
  return formatFixed(value, decimalsFor(size));
}

/** Decimals that leave three significant digits, at most 5: 2 for 1.23, 3 for 0.123. */
export function decimalsFor(size: number): number {
  if (!(Math.abs(size) > 0) || !Number.isFinite(size)) return 2;
  return Math.min(5, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(size)))));
}

/** The decimals that tell neighbouring ticks apart. */
export function tickDecimals(step: number): number {
  return step > 0 && Number.isFinite(step) ? Math.min(8, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))) : 0;
}

/** Short enough for a cell of a matrix: `−2.8`, `+12`. */
export function formatCell(value: number, signed: boolean): string {
  const decimals = Math.abs(value) >= 9.95 ? 0 : 1;
  const text = signed ? formatChange(value, decimals) : formatFixed(value, Math.abs(value) < 0.995 ? 2 : decimals);
  // Where every value lies between 0 and 1 the leading zero says nothing.
  return signed ? text : text.replace(/^0\./, '.');
}

/** `±0.34`, half the width of an interval. */
export function formatHalfWidth(value: number, decimals: number): string {
  return `\u00b1${formatFixed(Math.abs(value), decimals)}`;
}

/** `4.4 heads/s`; `1.8 heads/min` where it is slower than one in ten seconds. */
export function formatRate(perSecond: number, unit: string): string {
  if (perSecond < 0.1) return `${formatFixed(perSecond * 60, 1)} ${unit}/min`;
  return `${formatFixed(perSecond, perSecond < 10 ? 1 : 0)} ${unit}/s`;
}

/** `20 s`, `4 min`, `2 h 10 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '\u2013';
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
