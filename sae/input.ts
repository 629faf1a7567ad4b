/** What a dictionary reads: which value of which model, and what is done to it before the encoder. Plain data. */
import type { AxisLength } from '../engine/tensor/tensor.ts';
import { Fault } from '../engine/terms/fault.ts';

/** Sites that dictionaries are trained on. */
export const inputSites = ['z', 'headWrite', 'attnOut', 'mlpOut', 'residPre', 'residMid', 'residPost'] as const;
export type InputSite = (typeof inputSites)[number];

/** Sites with an axis of heads. */
const perHead: readonly InputSite[] = ['z', 'headWrite'];

export interface DictionaryInput {
  readonly site: InputSite;
  /** Counted from 0; null: rows of all layers share the dictionary. */
  readonly layer: number | null;
  /**
   * Of `z` and `headWrite`. A number: that head alone. `concatenated`: the heads of the layer side by side, so that the
   * width is N H or N D. `each`: every head is a row of its own, and they share the dictionary. Null at all other sites.
   */
  readonly head: number | 'concatenated' | 'each' | null;
  /** `token`: a row a position. `promptMean`: a row a prompt, the mean over its positions (O'Neill and Bui 2024). */
  readonly rows: 'token' | 'promptMean';
  /**
   * Of `z` and `headWrite`: `kept` as the checkpoint has them, or `folded` into the output's bias: without what comes of
   * the value bias and the bias of the norm before it (TransformerLens' default, which public files on hook_z need).
   */
  readonly valueBias: 'kept' | 'folded';
  /** Of what is written to the stream, and of the stream: is its mean over D taken away (TransformerLens' default)? */
  readonly centred: boolean;
  /** x is multiplied by this first, and the reconstruction divided by it last. 1: no scale, or one folded into the weights. */
  readonly scale: number;
  readonly normalisation: Normalisation;
  /** Is b_dec taken from the input before the encoder? */
  readonly subtractsBias: boolean;
}

/**
 * Of each row by itself, undone after the decoder: `constantNorm`: to length sqrt(D); `layerNorm`: mean 0 and standard
 * deviation 1.
 */
export type Normalisation = 'none' | 'constantNorm' | 'layerNorm';

/** Throws Fault where the parts do not go together. */
export function checkInput(input: DictionaryInput, where: string): void {
  const { site, layer, head, scale } = input;
  const refuse = (what: string, expected: string, got: unknown): never => {
    throw new Fault({ what, where, expected, got: String(got) });
  };
  if (!perHead.includes(site) && head !== null) refuse(`head of ${site}`, 'none, for the site has no heads', head);
  if (perHead.includes(site) && head === null) refuse(`head of ${site}`, 'a head, concatenated or each', head);
  if (typeof head === 'number' && !isCount(head)) refuse(`head of ${site}`, 'a number from 0', head);
  if (layer !== null && !isCount(layer)) refuse(`layer of ${site}`, 'a number from 0', layer);
  if (layer === null && head !== null && head !== 'each') refuse(`layer of ${site}`, 'a number from 0', 'none');
  if (!(Number.isFinite(scale) && scale > 0)) refuse('scale of the input', 'a number above 0', scale);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

/** D of a dictionary, from the axes of its site in a model (`engine/terms/sites`). */
export function inputWidth({ head }: Pick<DictionaryInput, 'head'>, axes: readonly AxisLength[]): number {
  const width = axes.at(-1)?.size ?? 0;
  const heads = axes.find(({ axis }) => axis === 'N')?.size ?? 1;
  return head === 'concatenated' ? heads * width : width;
}

/** `z of L9H6`, `z of layer 9`, `headWrite of every head`, `residPre of layer 3`. */
export function describeInput({ site, layer, head, rows }: DictionaryInput): string {
  const place = layer === null ? 'every layer' : `layer ${layer}`;
  const heads = head === 'each' ? (layer === null ? 'every head' : `every head of ${place}`) : place;
  const where = typeof head === 'number' ? `L${layer}H${head}` : heads;
  return `${site} of ${where}${rows === 'promptMean' ? ', mean over positions' : ''}`;
}
