/** Codes of a dictionary in use, as a graph: one case for each kind of encoder. x [B D] -> f [B F]. */
import type { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Value } from '../../engine/graph/value.ts';
import type { Dictionary, WeightName } from '../dictionary.ts';
import { weightAxes } from '../dictionary.ts';
import { encoderInput, encoderProduct, preActivations } from '../variants/pieces.ts';
import { pursue } from '../variants/matchingPursuit.ts';
import { nearestRow } from '../variants/vectorQuantised.ts';

/** The dictionary's codes of rows that are in its prepared form; its weights are parameters by their names. */
export function encoderGraph(
  g: GraphBuilder,
  { encoder, features, input }: Pick<Dictionary, 'encoder' | 'features' | 'input'>,
  x: Value,
): Value {
  const weight = (name: string) => g.parameter(name, weightAxes[name as WeightName]);
  const reads = { x, weight, subtractsBias: input.subtractsBias };
  switch (encoder.kind) {
    case 'relu':
      return g.relu(preActivations(g, reads));
    case 'linear':
      return preActivations(g, reads);
    case 'topK': {
      const p = preActivations(g, reads);
      return g.where(g.largest(p, 'F', encoder.k), g.relu(p), 0);
    }
    case 'jumpReLU': {
      const p = preActivations(g, reads);
      return g.where(g.less(weight('threshold'), p), p, 0);
    }
    case 'gated': {
      const u = encoderProduct(g, reads);
      const magnitude = g.add(g.multiply(u, g.exp(weight('r_mag'))), weight('b_mag'));
      return g.where(g.less(0, g.add(u, weight('b_gate'))), g.relu(magnitude), 0);
    }
    case 'matchingPursuit': {
      const rule = { relativeThreshold: 0, ...encoder, holdsCodes: true };
      return pursue(g, encoderInput(g, reads), weight('W_dec'), features, rule).codes;
    }
    case 'nearest':
      return g.oneHot(nearestRow(g, encoderInput(g, reads), weight('W_dec')), 'F', features);
    case 'onePerGroup':
      return onePerGroup(g, preActivations(g, reads), encoder.groups);
  }
}

function onePerGroup(g: GraphBuilder, p: Value, groups: readonly number[]): Value {
  let from = 0;
  const parts = groups.map((size) => {
    const part = g.slice(p, 'F', from, from + size);
    from += size;
    return g.oneHot(g.argMax(part, 'F'), 'F', size);
  });
  return parts.length === 1 ? (parts[0] as Value) : g.concat(parts, 'F');
}
