/** What masking a head means, as edits; head-scores literature calls several different things so. */
import type { Edit, EditOperation, EditScope, EditValue } from '../../../terms/edits.ts';
import type { Site } from '../../../terms/sites.ts';
import type { HeadPlace } from '../../unitSet.ts';

export type HeadMask =
  /** Scores 0: the same weight on every key that is seen (Wu et al. 2024, arXiv 2404.15574, whose code does this in decoding only). */
  | { readonly kind: 'uniform' }
  /** z 0 before W_O: what removing the head does. */
  | { readonly kind: 'zero' }
  /** The query its mean over a text, before norm and rotary embedding (LOCOS, arXiv 2607.01002). */
  | { readonly kind: 'meanQuery' }
  /** Sinks and a recent window only (DuoAttention, arXiv 2410.10819). */
  | { readonly kind: 'stream'; readonly sinks: number; readonly recent: number };

/** One edit for each layer that has heads in the set. `means`: per layer the mean query [N H], needed for `meanQuery`. */
export function maskEdits(
  mask: HeadMask,
  heads: readonly HeadPlace[],
  scope: EditScope,
  means: readonly EditValue[] | null,
): Edit[] {
  const layers = [...new Set(heads.map(({ layer }) => layer))].sort((a, b) => a - b);
  return layers.map((layer) => ({
    site: sites[mask.kind],
    layers: [layer],
    heads: heads.filter((place) => place.layer === layer).map(({ head }) => head),
    scope,
    operation: operationOf(mask, layer, means),
  }));
}

const sites: Readonly<Record<HeadMask['kind'], Site>> = {
  uniform: 'scores',
  zero: 'z',
  meanQuery: 'q',
  stream: 'scores',
};

function operationOf(mask: HeadMask, layer: number, means: readonly EditValue[] | null): EditOperation {
  if (mask.kind === 'stream') return mask;
  if (mask.kind !== 'meanQuery') return { kind: 'zero' };
  const value = means?.[layer];
  if (value === undefined) throw new RangeError(`no mean query of layer ${layer}`);
  return { kind: 'mean', value };
}
