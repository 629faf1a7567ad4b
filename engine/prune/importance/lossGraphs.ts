/**
 * What is asked of the logits, computed inside the program that makes them: a vocabulary's width of numbers at every position
 * leaves it only once, for the unedited model.
 */
import type { Family } from '../../arch/architecture.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Value } from '../../graph/value.ts';
import type { Objective } from '../../run/backwardGraph.ts';
import { partGraph, STREAM } from '../../run/program.ts';
import { noTaps } from '../../run/taps.ts';

export const lossInputs = { targets: 'loss.targets', tops: 'loss.tops', clean: 'loss.clean' } as const;

/** -log p(target) [B P], and log p [B P V] for whoever asks. */
export function cleanLossGraph(family: Family): Graph {
  const { g, logits } = unembedding(family);
  const log = g.logSoftmax(logits, 'V');
  g.output('log', log);
  g.output('loss', g.negate(g.pick(log, idsOf(g, 'targets'), 'V')));
  return g.build();
}

/**
 * Beside the loss: KL(p || q) = sum_V p (log p - log q) with p the unedited model's prediction, whose log p [P V] is fed, and
 * by how much the largest of log q is above that of the unedited model's first choice (`lead` [B P]: 0 where it stays first).
 */
export function editedLossGraph(family: Family): Graph {
  const { g, logits } = unembedding(family);
  const log = g.logSoftmax(logits, 'V');
  const clean = g.input(lossInputs.clean, 'P V', 'float32', { V: family.shape.outputVocabulary });
  g.output('loss', g.negate(g.pick(log, idsOf(g, 'targets'), 'V')));
  g.output('kl', g.sum(g.multiply(g.exp(clean), g.subtract(clean, log)), 'V'));
  g.output('lead', g.subtract(g.max(log, 'V'), g.pick(log, idsOf(g, 'tops'), 'V')));
  return g.build();
}

/** sum_P -log p(target), to be differentiated. */
export const lossObjective: Objective = {
  key: 'sum of next-token losses',
  build: (g, logits) => g.negate(g.sum(g.pick(g.logSoftmax(logits, 'V'), idsOf(g, 'targets'), 'V'), 'P')),
};

function unembedding(family: Family): { readonly g: GraphBuilder; readonly logits: Value } {
  const graph = partGraph(family, { kind: 'unembed' }, noTaps);
  const logits = graph.outputs.get(STREAM);
  if (logits === undefined) throw new RangeError('an unembedding without logits');
  return { g: GraphBuilder.from(graph, graph.name, () => false), logits };
}

function idsOf(g: GraphBuilder, name: 'targets' | 'tops'): Value {
  return g.input(lossInputs[name], 'B P', 'int64');
}
