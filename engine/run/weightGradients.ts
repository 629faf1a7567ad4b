/** d objective / d every weight of a model, block by block. */
import type { Weights } from '../arch/architecture.ts';
import { weightName } from '../arch/weightName.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { tensor } from '../tensor/tensor.ts';
import type { ForwardHost } from './forward.ts';
import { partWeights } from './program.ts';
import type { ScoredAt, Tape } from './tape.ts';

/**
 * By the name in the checkpoint (`weightName`), with the axes in which the family reads them; the gradients of tied weights are
 * added. Of the objective summed over rows.
 */
export async function weightGradients(
  host: ForwardHost,
  tape: Tape,
  scored: ScoredAt,
): Promise<ReadonlyMap<string, Tensor>> {
  const { family } = host;
  const total = new Map<string, Tensor>();
  const take = (weights: Weights, gradients: ReadonlyMap<string, Tensor>) => {
    for (const [name, gradient] of gradients) addTo(total, weights, name, gradient);
  };
  const last = partWeights(family, { kind: 'unembed' });
  const score = await tape.score(scored, Object.keys(last));
  take(last, score.weights);
  let { upstream } = score;
  for (let layer = family.shape.layers - 1; layer >= 0; layer--) {
    const weights = partWeights(family, { kind: 'block', layer, narrow: false });
    const found = await tape.block(layer, upstream, { sites: [], weights: Object.keys(weights) });
    take(weights, found.weights);
    upstream = found.upstream;
  }
  const first = partWeights(family, { kind: 'embed' });
  take(first, await tape.embedding(upstream, Object.keys(first)));
  return total;
}

function addTo(total: Map<string, Tensor>, weights: Weights, parameter: string, gradient: Tensor): void {
  const source = weights[parameter];
  if (source === undefined) throw new RangeError(`no weight is called ${parameter}`);
  const name = weightName(source);
  const known = total.get(name);
  const sum = known?.data.map((value, i) => value + (gradient.data[i] as number));
  total.set(name, sum === undefined ? gradient : tensor(sum, gradient.axes));
}
