/**
 * What is computed of a block inside its own program, so that only small values leave it: a pattern [B N P K] of 2,000 tokens
 * is 16 MB a head, sums over its keys are 8 kB.
 */
import type { Family } from '../arch/architecture.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/graph.ts';
import type { Value } from '../graph/value.ts';
import type { Site } from '../terms/sites.ts';
import type { ProgramPart } from './program.ts';
import { partGraph } from './program.ts';
import { captureOutput } from './taps.ts';

/** What a readout may read of a block. */
export interface ReadoutValues {
  /** [B N P K] */
  readonly pattern: Value;
  /** [B P D] */
  readonly residPre: Value;
  /** [B P N H] */
  readonly z: Value;
  /** W_O [N H D] */
  readonly outWeight: Value;
}

export interface Readout {
  /** Equal for readouts that build the same graph. */
  readonly key: string;
  /** Values by name. May make inputs of its own, named as `readoutInput` says. */
  build(g: GraphBuilder, values: ReadoutValues): ReadonlyMap<string, Value>;
}

export const readoutInput = (name: string) => `read.${name}`;
const outputPrefix = 'readout.';

/** The readout's own name of an output of its program; null for the block's outputs. */
export function readoutName(output: string): string | null {
  return output.startsWith(outputPrefix) ? output.slice(outputPrefix.length) : null;
}

const sites: readonly Site[] = ['pattern', 'residPre', 'z'];

/** A block's graph with the readout's values beside its own outputs (`readoutName`). */
export function readoutGraph(family: Family, part: ProgramPart, readout: Readout): Graph {
  const block = partGraph(family, part, { edited: new Set(), captured: new Set(sites) });
  const captured = new Set(sites.map(captureOutput));
  const g = GraphBuilder.from(block, block.name, (output) => !captured.has(output));
  for (const [name, value] of readout.build(g, valuesOf(block))) g.output(`${outputPrefix}${name}`, value);
  return g.build();
}

function valuesOf(block: Graph): ReadoutValues {
  const at = (site: Site) => {
    const value = block.outputs.get(captureOutput(site));
    if (value === undefined) throw new RangeError(`a block without site ${site}`);
    return value;
  };
  const z = at('z');
  return { pattern: at('pattern'), residPre: at('residPre'), z, outWeight: weightAfter(block, z) };
}

/** z enters one product, the one with W_O. */
function weightAfter({ definitions }: Graph, z: Value): Value {
  for (const definition of definitions) {
    if (definition.kind !== 'operation' || definition.primitive !== 'contract') continue;
    const [left, right] = definition.inputs;
    const type = definitions[right ?? -1]?.type;
    if (left === z.id && right !== undefined && type !== undefined) return { id: right, type };
  }
  throw new RangeError('a block in which z is not multiplied with a weight');
}
