/** The check that every key of another tool's config is understood: one that is not could change what the numbers mean. */
import { showValue } from '../../engine/arch/parts/config.ts';
import { Fault } from '../../engine/terms/fault.ts';

export interface KnownKeys {
  /** Read. */
  readonly handled: readonly string[];
  /** About how it was trained or where it lay: no number of its use depends on them. */
  readonly ignored: readonly string[];
  /** Understood only at these values. */
  readonly fixed: Readonly<Record<string, readonly unknown[]>>;
}

/** Throws Fault that names all keys which are not known, or the one whose value is not supported. */
export function checkKeys(config: Readonly<Record<string, unknown>>, known: KnownKeys, where: string): void {
  const passes = new Set([...known.handled, ...known.ignored, ...Object.keys(known.fixed)]);
  const unknown = Object.keys(config).filter((key) => !passes.has(key));
  if (unknown.length > 0) {
    throw new Fault({ what: 'keys that are not understood', where, expected: 'none', got: unknown.join(', ') });
  }
  for (const [key, allowed] of Object.entries(known.fixed)) {
    if (!Object.hasOwn(config, key) || allowed.some((value) => isSame(value, config[key]))) continue;
    const expected = allowed.map(showValue).join(' or ');
    throw new Fault({ what: `${key}: a value that is not read`, where, expected, got: showValue(config[key]) });
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
