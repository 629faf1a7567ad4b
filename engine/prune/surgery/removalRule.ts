/** Whether a family's config can say that these heads are gone, and if not, why. */
import type { Architecture, Config, Family, ModelShape } from '../../arch/architecture.ts';
import { familyOf } from '../../arch/index.ts';
import type { Attention } from '../../arch/parts/attention.ts';
import { parseAxes } from '../../graph/value.ts';
import { Fault } from '../../terms/fault.ts';
import { groupSizes } from './groupSizes.ts';
import { headKeys } from './headKeys.ts';
import type { HeadsByLayer } from './headsByLayer.ts';

/** `config`: the smaller model is an ordinary one. `sidecar`: config.json stays, and a file beside it says what is left out. */
export type RemovalRule =
  | { readonly form: 'config'; readonly config: Config; readonly words: string }
  | { readonly form: 'sidecar'; readonly words: string };

/** Throws Fault where heads can't be taken out of the family at all: zeroing them still works. */
export function removalRule(
  architecture: Architecture,
  family: Family,
  config: Config,
  removed: HeadsByLayer,
): RemovalRule {
  const { part } = family.description.block(0).attention;
  requireApart(architecture, part);
  const numbered = whyNumbered(part);
  if (numbered !== null) return sidecar(numbered);
  const keys = headKeys[architecture.id];
  if (keys === undefined) {
    return sidecar(`a ${architecture.title} config has no head width of its own: it is the model width / heads`);
  }
  const uniform = uniformSizes(family.shape, removed);
  if (uniform === null) {
    return sidecar('the config has one number of heads for all layers, and layers or groups keep different numbers');
  }
  const { heads, kvHeads } = uniform;
  const smaller = { ...config, [keys.heads]: heads, [keys.kvHeads]: kvHeads, [keys.headWidth]: family.shape.headWidth };
  requireUnderstood(smaller, family.shape, uniform);
  const words = `every layer keeps ${kvHeads} KV groups of ${heads / kvHeads} query heads: ${keys.heads}, ${keys.kvHeads} and ${keys.headWidth} of the config say so`;
  return { form: 'config', config: smaller, words };
}

function sidecar(reason: string): RemovalRule {
  return {
    form: 'sidecar',
    words: `${reason}; the smaller tensors are read with headscope-pruned.json, by headscope only`,
  };
}

function requireApart({ title }: Architecture, { queryNorm, keyNorm }: Attention): void {
  const together = [queryNorm, keyNorm].some((norm) => norm !== null && parseAxes(norm.over).length > 1);
  if (!together) return;
  throw new Fault({
    what: 'heads can be zeroed in this model, not removed: their queries and keys are normalised together',
    where: title,
    expected: '--zero',
  });
}

/** Why a head can't get another number. */
function whyNumbered({ alibi, queryNorm, keyNorm }: Attention): string | null {
  if (alibi !== null) return 'the slopes of ALiBi follow from the number of heads';
  const ownNorms = [queryNorm, keyNorm].some((norm) => norm?.weight?.kind === 'perHead');
  return ownNorms ? 'the norm of each head is stored under its number' : null;
}

type HeadCounts = Pick<ModelShape, 'heads' | 'kvHeads'>;

/** The same number of groups in every layer, and the same number of query heads in every group that stays; else null. */
function uniformSizes(shape: ModelShape, removed: HeadsByLayer): HeadCounts | null {
  const layers = Array.from({ length: shape.layers }, (_, layer) => groupSizes(shape, removed, layer));
  const [first = []] = layers;
  const [size = 0] = first;
  const same = layers.every((sizes) => sizes.length === first.length && sizes.every((other) => other === size));
  return same && size > 0 ? { heads: first.length * size, kvHeads: first.length } : null;
}

// The smaller config is read as any other is.
function requireUnderstood(config: Config, { headWidth }: ModelShape, { heads, kvHeads }: HeadCounts): void {
  const { shape } = familyOf(config).family;
  if (shape.heads === heads && shape.kvHeads === kvHeads && shape.headWidth === headWidth) return;
  throw new RangeError('the smaller config does not give the smaller shape');
}
