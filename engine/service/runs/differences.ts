/** Where two plain values differ, by path, and by how much. */

export interface Found {
  readonly listed: readonly { readonly path: string; readonly a: string; readonly b: string }[];
  /** Largest absolute difference of two numbers; the largest number there is where one of them is not finite. */
  readonly largest: number;
}

const LONGEST = 200;

/** Numbers are equal to the last bit, or differ. */
export function differencesOf(a: unknown, b: unknown, at = ''): Found {
  if (Object.is(a, b)) return none;
  if (typeof a === 'number' && typeof b === 'number') {
    return { listed: [{ path: at, a: String(a), b: String(b) }], largest: distance(a, b) };
  }
  if (a instanceof Float32Array && b instanceof Float32Array) return differenceOfArrays(a, b, at);
  if (isRecord(a) && isRecord(b) && Array.isArray(a) === Array.isArray(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return together(keys.map((key) => differencesOf(a[key], b[key], at === '' ? key : `${at}.${key}`)));
  }
  return { listed: [{ path: at, a: shown(a), b: shown(b) }], largest: 0 };
}

/** One line for all of its elements. */
function differenceOfArrays(a: Float32Array, b: Float32Array, at: string): Found {
  if (a.length !== b.length) return { listed: [{ path: at, a: shown(a), b: shown(b) }], largest: 0 };
  const first = a.findIndex((value, i) => !Object.is(value, b[i]));
  if (first < 0) return none;
  const largest = a.reduce((most, value, i) => Math.max(most, distance(value, b[i] ?? NaN)), 0);
  return { listed: [{ path: `${at}.${first}`, a: String(a[first]), b: String(b[first]) }], largest };
}

function distance(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const apart = Math.abs(a - b);
  return Number.isFinite(apart) ? apart : Number.MAX_VALUE;
}

const none: Found = { listed: [], largest: 0 };

function together(parts: readonly Found[]): Found {
  return {
    listed: parts.flatMap(({ listed }) => listed),
    largest: parts.reduce((most, { largest }) => Math.max(most, largest), 0),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

export function shown(value: unknown): string {
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)} ...`;
}
