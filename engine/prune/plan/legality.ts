/** Which programs can run what a plan leaves, in plain words. */
import type { Config, Architecture, Family, ModelShape } from '../../arch/architecture.ts';
import type { HeadsByLayer } from '../surgery/headsByLayer.ts';
import { groupSizes } from '../surgery/groupSizes.ts';
import type { RemovalRule } from '../surgery/removalRule.ts';
import { removalRule } from '../surgery/removalRule.ts';
import { Fault } from '../../terms/fault.ts';

export interface Legality {
  readonly target: string;
  readonly ok: boolean;
  readonly reason: string;
}

/** From the shapes that the plan leaves and what each program's documentation asks for: none of them is run. */
export function legalityOf(
  {
    architecture,
    family,
    config,
  }: { readonly architecture: Architecture; readonly family: Family; readonly config: Config },
  removed: HeadsByLayer,
): Legality[] {
  const rule = ruleOr(architecture, family, config, removed);
  const huggingFace = byConfig(architecture, rule);
  const likeIt = (target: string): Legality => ({ target, ...likeHuggingFace(architecture, huggingFace.ok, removed) });
  return [
    {
      target: 'zeroed weights, any program',
      ok: true,
      reason: 'shapes stay as they are; nothing gets smaller or faster',
    },
    { target: 'Hugging Face transformers, smaller weights', ...huggingFace },
    ortLegality(family.shape, removed),
    likeIt('vLLM'),
    likeIt('llama.cpp'),
    likeIt('transformers.js and ONNX Runtime GenAI'),
    headscopeLegality(rule),
  ];
}

function ruleOr(
  architecture: Architecture,
  family: Family,
  config: Config,
  removed: HeadsByLayer,
): RemovalRule | string {
  if (emptyLayer(family.shape, removed) !== null) return 'a layer without heads has no shape';
  try {
    return removalRule(architecture, family, config, removed);
  } catch (error) {
    if (error instanceof Fault) return error.parts.what;
    throw error;
  }
}

/** For programs that read Hugging Face's config.json, or what is converted from it. */
function byConfig({ id }: Architecture, rule: RemovalRule | string): Omit<Legality, 'target'> {
  if (id === 'transformerLens') return { ok: false, reason: 'a checkpoint of TransformerLens, not of Hugging Face' };
  if (typeof rule === 'string') return { ok: false, reason: rule };
  return { ok: rule.form === 'config', reason: rule.words };
}

/** Models of these are published whose head_dim is not width / heads; of Granite, vLLM's code says that it reads it. */
const statesWidth = new Set(['llama', 'mistral', 'qwen3', 'gemma', 'gemma2', 'gemma3', 'granite']);

/** Programs with code of their own for each family, which read the same config. */
function likeHuggingFace({ id, title }: Architecture, ok: boolean, removed: HeadsByLayer): Omit<Legality, 'target'> {
  if (!ok) return { ok, reason: 'reads the same config, which can not say it' };
  if (removed.size === 0 || statesWidth.has(id)) return { ok, reason: 'reads the same config' };
  const reason = `published ${title} models have head_dim = width / heads: it is not known to read head_dim, as Hugging Face does`;
  return { ok: false, reason };
}

/** GroupQueryAttention states its heads node by node, but in a node all groups are equal. */
function ortLegality(shape: ModelShape, removed: HeadsByLayer): Legality {
  const target = 'ONNX Runtime GroupQueryAttention';
  const empty = emptyLayer(shape, removed);
  if (empty !== null) return { target, ok: false, reason: `layer ${empty} has no head left` };
  const uneven = Array.from({ length: shape.layers }, (_, layer) => layer).find(
    (layer) => !evenGroups(shape, removed, layer),
  );
  if (uneven !== undefined) {
    return { target, ok: false, reason: `the groups of layer ${uneven} keep different numbers of query heads` };
  }
  const width = shape.headWidth;
  if (width % 8 !== 0)
    return { target, ok: false, reason: `its CPU kernel needs a head width divisible by 8, not ${width}` };
  return { target, ok: true, reason: 'every node has its own numbers of heads, and the groups of a layer are equal' };
}

function headscopeLegality(rule: RemovalRule | string): Legality {
  const target = 'headscope';
  if (typeof rule === 'string') return { target, ok: false, reason: `smaller weights: ${rule}; zeroed weights open` };
  const reason =
    rule.form === 'config'
      ? 'an ordinary model'
      : 'smaller file; removed heads are read as zeros, so memory and time stay';
  return { target, ok: true, reason };
}

function emptyLayer(shape: ModelShape, removed: HeadsByLayer): number | null {
  return [...removed].find(([, heads]) => heads.length === shape.heads)?.[0] ?? null;
}

function evenGroups(shape: ModelShape, removed: HeadsByLayer, layer: number): boolean {
  const sizes = groupSizes(shape, removed, layer);
  return sizes.every((size) => size === sizes[0]);
}
