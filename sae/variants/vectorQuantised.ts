/** Vector quantisation: a sample is its nearest row of the dictionary, whole; the form that a discrete code has by itself. */
import type { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Value } from '../../engine/graph/value.ts';
import { encoderInput, kept, squaredError } from './pieces.ts';
import type { Variant } from './variant.ts';

const settings = {} as const;

/** int64 [B]: argmin_i |c - d_i|^2 = argmax_i (c . d_i - |d_i|^2 / 2). */
export function nearestRow(g: GraphBuilder, input: Value, decoder: Value): Value {
  const [c, rows] = [g.stopGradient(input), g.stopGradient(decoder)];
  const half = g.multiply(g.sum(g.power(rows, 2), 'D'), 0.5);
  return g.argMax(g.subtract(g.contract(c, rows, 'B F'), half), 'F');
}

export const vectorQuantised: Variant<typeof settings> = {
  id: 'vectorQuantised',
  title: 'Vector quantised',
  about:
    'Each sample is one row of a code book, without a strength. As there is nothing between input and code, no commitment term is needed.',
  source: 'van den Oord et al. 2017, eq. 3, with the identity as encoder',
  settings,
  constraint: 'free',
  normalised: true,
  revival: 'sample',
  weights: () => [
    { name: 'W_dec', axes: 'F D', start: { kind: 'samples' } },
    { name: 'b_dec', axes: 'D', start: { kind: 'centre' } },
  ],
  // L = (1/B) sum |b_dec + d_j - x|^2, j the nearest row to c
  loss(g, input) {
    const decoder = input.weight('W_dec');
    const nearest = nearestRow(g, encoderInput(g, input), decoder);
    const reconstruction = g.add(g.gather(decoder, nearest, 'F'), input.weight('b_dec'));
    return {
      codes: g.oneHot(nearest, 'F', input.size.features),
      reconstruction,
      preActivations: null,
      parts: { reconstruction: squaredError(g, reconstruction, input.x) },
      tracked: new Map(),
    };
  },
  inference: (trained) => ({ encoder: { kind: 'nearest' }, weights: kept(trained, ['W_dec', 'b_dec']) }),
};
