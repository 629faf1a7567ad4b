/** What was done with norms, biases and groups before weights were multiplied, said with every result. */
import type { Model } from '../../run/index.ts';

export function weightConventions({ family }: Pick<Model, 'family'>): readonly string[] {
  const { shape, description } = family;
  const { attention } = description.block(0);
  const { part } = attention;
  const said: readonly (string | null)[] = [
    attention.norm === null
      ? null
      : `the linear part of the ${attention.norm.kind === 'layer' ? 'layer' : 'RMS'} norm before attention is folded into W_Q, W_K and W_V; its divisor, positive and different for each token, is left out`,
    (attention.outNorm ?? null) === null ? null : 'the linear part of the norm after attention is folded into W_O',
    part.queryNorm === null && part.keyNorm === null
      ? null
      : 'the linear parts of the norms of queries and keys are folded into W_Q and W_K',
    description.unembedding.norm === null ? null : 'the linear part of the final norm is folded into W_U',
    'biases are left out',
    shape.heads === shape.kvHeads ? null : 'a query head has the W_K and W_V of its KV group',
    part.rotary === null ? null : 'queries and keys are taken at relative position 0, where rotary turns nothing',
  ];
  return said.filter((one) => one !== null);
}
