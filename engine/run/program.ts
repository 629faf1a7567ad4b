/** A family's embed, block or unembed as a graph, with the taps that were asked for. */
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/graph.ts';
import type { Family, Weights } from '../arch/architecture.ts';
import type { Taps } from './taps.ts';
import { ProgramTaps } from './taps.ts';

export type ProgramPart =
  | { readonly kind: 'embed' }
  | { readonly kind: 'block'; readonly layer: number; readonly narrow: boolean; readonly whole?: boolean }
  | { readonly kind: 'unembed' };

/** Name of the value that flows to the next program. */
export const STREAM = 'stream';

export function partKey(part: ProgramPart): string {
  if (part.kind !== 'block') return part.kind;
  return `block ${part.layer}${part.narrow ? ' narrow' : ''}${part.whole === true ? ' whole' : ''}`;
}

export function partWeights(family: Family, part: ProgramPart): Weights {
  return part.kind === 'block' ? family.block(part.layer).weights : family[part.kind].weights;
}

/** The graph of one part: inputs by name (see ProgramTaps), output `stream`, captured sites by their names. */
export function partGraph(family: Family, part: ProgramPart, taps: Taps): Graph {
  // The name says the kind only: layers of one shape have the same graph, and share a session.
  const g = new GraphBuilder(part.kind, family.sizes);
  const context = new ProgramTaps(
    g,
    taps,
    part.kind === 'block' ? { ...part, rotaryWidth: rotaryWidth(family, part.layer) } : undefined,
  );
  g.output(STREAM, buildPart(family, part, context));
  context.requireAllMarked();
  return g.build();
}

/** J of a layer's rotary kind; 0 without rotary. */
export function rotaryWidth(family: Family, layer: number): number {
  const kind = family.rotaryOf(layer);
  return kind === null ? 0 : (family.rotaryKinds[kind]?.frequencies(1).length ?? 0);
}

function buildPart(family: Family, part: ProgramPart, context: ProgramTaps) {
  const { g } = context;
  switch (part.kind) {
    case 'embed':
      return family.embed.build(context, g.input('ids', 'B P', 'int64'), g.input('positions', 'B P', 'int64'));
    case 'block':
      return family.block(part.layer).build(context, g.input('residPre', 'B P D'));
    case 'unembed':
      return family.unembed.build(context, g.input('residPost', 'B P D'));
  }
}
