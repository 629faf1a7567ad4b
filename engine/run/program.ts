/** A family's embed, block or unembed as a session: graph -> ONNX -> onnxruntime, with the taps that were asked for. */
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/graph.ts';
import { parametersOf } from '../graph/graph.ts';
import { lower } from '../graph/lower.ts';
import type { Family, Weights } from '../arch/architecture.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Session } from './ort.ts';
import type { Feeds } from './ort.ts';
import type { Taps } from './taps.ts';
import { isPlain, ProgramTaps } from './taps.ts';
import type { ProgramWeights, WeightStore } from './weightStore.ts';

export type ProgramPart =
  | { readonly kind: 'embed' }
  | { readonly kind: 'block'; readonly layer: number; readonly narrow: boolean }
  | { readonly kind: 'unembed' };

/** Name of the value that flows to the next program. */
export const STREAM = 'stream';

export interface Program {
  readonly inputs: ReadonlySet<string>;
  run(feeds: Feeds, outputs: readonly string[]): Promise<ReadonlyMap<string, Tensor>>;
  release(): Promise<void>;
}

export function partKey(part: ProgramPart): string {
  return part.kind === 'block' ? `block ${part.layer}${part.narrow ? ' narrow' : ''}` : part.kind;
}

export function partWeights(family: Family, part: ProgramPart): Weights {
  return part.kind === 'block' ? family.block(part.layer).weights : family[part.kind].weights;
}

/** The graph of one part: inputs by name (see ProgramTaps), output `stream`, captured sites by their names. */
export function partGraph(family: Family, part: ProgramPart, taps: Taps): Graph {
  const g = new GraphBuilder(partKey(part), family.sizes);
  const context = new ProgramTaps(
    g,
    taps,
    part.kind === 'block' ? { ...part, rotaryWidth: rotaryWidth(family, part.layer) } : undefined,
  );
  g.output(STREAM, buildPart(family, part, context));
  context.requireAllMarked();
  return g.build();
}

function rotaryWidth(family: Family, layer: number): number {
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

/**
 * Plain programs hold their weights as initializers; variants share one set of buffers, fed at each run.
 * An embedding stored in blocks is kept so in either mode: looking rows up dequantises them exactly.
 */
export async function compilePart(family: Family, part: ProgramPart, taps: Taps, store: WeightStore): Promise<Program> {
  const graph = partGraph(family, part, taps);
  const names = parametersOf(graph).map(({ name }) => name);
  const weights = partWeights(family, part);
  const mode = part.kind === 'embed' ? 'quantised' : undefined;
  const held = isPlain(taps)
    ? await store.asInitializers(names, weights, mode)
    : await store.asInputs(names, weights, mode);
  return compileGraph(graph, held);
}

async function compileGraph(graph: Graph, { storage, folder, memory, feeds: held }: ProgramWeights): Promise<Program> {
  const lowered = lower(graph, { storage: (name) => storage.get(name) ?? { kind: 'input' } });
  const session = await Session.create(lowered, { folder, memory });
  const inputs = new Set(lowered.inputs.map(({ name }) => name));
  return {
    inputs,
    run: (feeds, outputs) => session.run({ ...held, ...feeds }, outputs),
    release: () => session.release(),
  };
}
