/** The architectures that can be opened, with the sites that each has. */
import { architectures } from '../../arch/index.ts';
import { familyRows } from '../../arch/sites.ts';
import type { Service } from '../../results/index.ts';

export function familiesCall(): Service['families'] {
  return async () => ({ families: familyRows(architectures) });
}
