/** What two streams are compared at: the hidden state after the last norm. */
import type { Family } from '../../arch/architecture.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import { gradient } from '../../graph/gradient.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Value } from '../../graph/value.ts';
import { partGraph } from '../../run/program.ts';
import { captureOutput } from '../../run/taps.ts';

export const HIDDEN = 'hidden';
export const DISTILLATION = 'distillation';
/** [B P D] */
export const TARGET = 'target';
/** [B P]: 1 at the tokens that count. */
export const LABELS = 'labels';

/** residPost of the last block [B P D] -> hidden [B P D]: after the last norm, or itself where the model has none. */
export function finalHidden(family: Family): Graph {
  const { g, hidden } = started(family);
  g.output(HIDDEN, hidden);
  return g.build();
}

/**
 * Distillation loss and its gradient with respect to residPost:
 * sum over labelled tokens of mean over D of (hidden - target)^2, divided by their number (Xiao et al. 2024, eq. 3).
 */
export function distillation(family: Family): Graph {
  const { g, hidden } = started(family);
  const labels = g.input(LABELS, 'B P');
  const perToken = g.mean(g.power(g.subtract(hidden, g.input(TARGET, 'B P D')), 2), 'D');
  g.output(DISTILLATION, g.divide(g.contract(labels, perToken, ''), g.sum(labels, 'B P')));
  return gradient(g.build(), DISTILLATION, ['residPost'], { mayStretch: () => false });
}

function started(family: Family): { readonly g: GraphBuilder; readonly hidden: Value } {
  if (family.lacks.finalNorm !== undefined) {
    const g = new GraphBuilder('unembed', family.sizes);
    return { g, hidden: g.input('residPost', 'B P D') };
  }
  const unembed = partGraph(family, { kind: 'unembed' }, { edited: new Set(), captured: new Set(['finalNorm']) });
  const hidden = unembed.outputs.get(captureOutput('finalNorm')) as Value;
  return { g: GraphBuilder.from(unembed, unembed.name, () => false), hidden };
}
