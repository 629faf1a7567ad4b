/** TransformerLens' names of the values that dictionaries read: `blocks.9.attn.hook_z`. */
import type { DictionaryPlace } from '../../engine/results/dictionaries.ts';
import type { InputSite } from '../input.ts';

const hooks = {
  z: 'attn.hook_z',
  headWrite: 'attn.hook_result',
  attnOut: 'hook_attn_out',
  mlpOut: 'hook_mlp_out',
  residPre: 'hook_resid_pre',
  residMid: 'hook_resid_mid',
  residPost: 'hook_resid_post',
} as const satisfies Record<InputSite, string>;

const sites = Object.keys(hooks) as readonly InputSite[];

/** Null for a hook that is none of these. Heads of z and headWrite lie side by side unless one is named. */
export function placeOfHook(hook: string, head: number | null): DictionaryPlace | null {
  const [, layer, name] = /^blocks\.(\d{1,5})\.(.+)$/.exec(hook) ?? [];
  const site = sites.find((each) => hooks[each] === name);
  if (layer === undefined || site === undefined) return null;
  const hasHeads = site === 'z' || site === 'headWrite';
  return { site, layer: Number(layer), head: hasHeads ? (head ?? 'concatenated') : head };
}

/** Null for places that no one hook is: all layers, or every head a row of its own. */
export function hookOfPlace({ site, layer, head }: DictionaryPlace): string | null {
  return layer === null || head === 'each' ? null : `blocks.${layer}.${hooks[site]}`;
}
