/** Every place in a model where a value can be read or edited. Imports nothing but axes. */
import type { AxisList } from './axes.ts';

export interface SiteInfo {
  readonly axes: AxisList;
  /** `layer`: one per block; `model`: one in the model. */
  readonly per: 'layer' | 'model';
  readonly about: string;
  /** TransformerLens hook with the same value, `{l}` the layer; null where it has none (its scores are after the mask, its normalised stream before weight and bias). */
  readonly alias: string | null;
}

export const sites = {
  embed: {
    axes: 'B P D',
    per: 'model',
    about: 'token and position embedding, their norm and their scale',
    alias: null,
  },
  residPre: { axes: 'B P D', per: 'layer', about: 'the stream before the block', alias: 'blocks.{l}.hook_resid_pre' },
  q: {
    axes: 'B P N H',
    per: 'layer',
    about: 'query projection plus bias, before q norm and rotary',
    alias: 'blocks.{l}.attn.hook_q',
  },
  k: {
    axes: 'B P G H',
    per: 'layer',
    about: 'key projection plus bias, before k norm and rotary',
    alias: 'blocks.{l}.attn.hook_k',
  },
  v: { axes: 'B P G H', per: 'layer', about: 'value projection plus bias', alias: 'blocks.{l}.attn.hook_v' },
  scores: {
    axes: 'B N P K',
    per: 'layer',
    about: 'scaled, capped, with position bias, before the causal mask',
    alias: null,
  },
  pattern: { axes: 'B N P K', per: 'layer', about: 'attention after softmax', alias: 'blocks.{l}.attn.hook_pattern' },
  z: {
    axes: 'B P N H',
    per: 'layer',
    about: 'pattern times values, before the output projection',
    alias: 'blocks.{l}.attn.hook_z',
  },
  headWrite: {
    axes: 'B P N D',
    per: 'layer',
    about: 'what each head writes: z W_O, without the output bias',
    alias: 'blocks.{l}.attn.hook_result',
  },
  attnOut: {
    axes: 'B P D',
    per: 'layer',
    about: 'what attention adds to the stream',
    alias: 'blocks.{l}.hook_attn_out',
  },
  residMid: {
    axes: 'B P D',
    per: 'layer',
    about: 'the stream between attention and MLP',
    alias: 'blocks.{l}.hook_resid_mid',
  },
  mlpPre: {
    axes: 'B P M',
    per: 'layer',
    about: 'input of the activation function (the gate branch, where there is one)',
    alias: 'blocks.{l}.mlp.hook_pre',
  },
  mlpAct: { axes: 'B P M', per: 'layer', about: 'input of the down projection', alias: 'blocks.{l}.mlp.hook_post' },
  mlpOut: { axes: 'B P D', per: 'layer', about: 'what the MLP adds to the stream', alias: 'blocks.{l}.hook_mlp_out' },
  residPost: { axes: 'B P D', per: 'layer', about: 'the stream after the block', alias: 'blocks.{l}.hook_resid_post' },
  finalNorm: { axes: 'B P D', per: 'model', about: 'output of the final norm', alias: null },
  logits: { axes: 'B P V', per: 'model', about: 'logits over the vocabulary', alias: null },
} as const satisfies Record<string, SiteInfo>;

export type Site = keyof typeof sites;

export function isSite(name: string): name is Site {
  return Object.hasOwn(sites, name);
}

/** `pattern.3` for a site of a layer, `logits` for a site of the model: the name in capture files and errors. */
export function siteName(site: Site, layer?: number): string {
  return sites[site].per === 'layer' ? `${site}.${layer}` : site;
}
