/** Which family a config belongs to, and the check that every key of it is understood. */
import { Fault } from '../terms/fault.ts';
import type { Architecture, Config, Family } from './architecture.ts';
import { fixedEverywhere, ignoredEverywhere } from './commonKeys.ts';
import { showValue } from './parts/config.ts';

export interface FoundFamily {
  readonly architecture: Architecture;
  readonly family: Family;
}

/** Throws Fault: unknown model_type, a key that is not understood, a value that can't be. */
export function familyAmong(architectures: readonly Architecture[], config: Config): FoundFamily {
  const architecture = architectureAmong(architectures, config);
  checkKeys(architecture, config);
  return { architecture, family: architecture.describe(config) };
}

function architectureAmong(architectures: readonly Architecture[], config: Config): Architecture {
  const found = architectures.find((candidate) => belongs(candidate, config));
  if (found !== undefined) return found;
  const known = architectures.flatMap(({ modelTypes }) => modelTypes);
  throw new Fault({
    what: 'unknown model family',
    where: 'config model_type',
    expected: `one of ${known.join(', ')}`,
    got: showValue(config['model_type']),
  });
}

function belongs(architecture: Architecture, config: Config): boolean {
  if (architecture.matches !== undefined) return architecture.matches(config);
  const type = config['model_type'];
  return typeof type === 'string' && architecture.modelTypes.includes(type);
}

function checkKeys({ title, handled, ignored, fixed }: Architecture, config: Config): void {
  const passes = new Set([...handled, ...ignored, ...ignoredEverywhere]);
  const allFixed = { ...fixedEverywhere, ...fixed };
  for (const [key, value] of Object.entries(config)) {
    if (passes.has(key)) continue;
    const allowed = Object.hasOwn(allFixed, key) ? allFixed[key] : undefined;
    if (allowed?.some((one) => sameValue(one, value)) === true) continue;
    throw new Fault({
      what: allowed === undefined ? `a key that ${title} is not known to have` : `a value not supported in ${title}`,
      where: `config ${key}`,
      ...(allowed === undefined ? {} : { expected: allowed.map(showValue).join(' or ') }),
      got: showValue(value),
    });
  }
}

function sameValue(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
