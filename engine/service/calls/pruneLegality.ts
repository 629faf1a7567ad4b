/** Which programs can run a model without some of its heads: from its headers, no weights are read. */
import { legalityOf } from '../../prune/plan/legality.ts';
import { headsByLayer } from '../../prune/surgery/headsByLayer.ts';
import type { Service } from '../../results/index.ts';
import { describeModel } from '../../run/index.ts';

export function pruneLegalityCall(): Service['pruneLegality'] {
  return async ({ model, heads }) => {
    const { files, architecture, family } = await describeModel(model);
    const removed = heads.length === 0 ? new Map() : headsByLayer(family.shape, { heads, kvGroups: [] });
    return { legal: legalityOf({ architecture, family, config: files.config }, removed) };
  };
}
