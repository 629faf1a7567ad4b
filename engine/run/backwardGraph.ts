/** A part of the model run again and differentiated: the graph of one program of the backward pass. */
import type { Family } from '../arch/architecture.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { vectorJacobian } from '../graph/gradient.ts';
import type { Graph } from '../graph/graph.ts';
import type { Value } from '../graph/value.ts';
import type { ProgramPart } from './program.ts';
import { partGraph, STREAM } from './program.ts';
import type { Taps } from './taps.ts';
import { tapsKey } from './taps.ts';

/** What is differentiated where a part's own output is not: one number per row. */
export interface Objective {
  /** Equal for objectives that build the same graph. */
  readonly key: string;
  /** logits [B P V] of the scored positions -> [B]. May make inputs of its own. */
  build(g: GraphBuilder, logits: Value): Value;
}

export interface BackwardGraphRequest {
  /** Edits that are in force, and sites by which `from`, `wrt` and `keep` may be named (`captureOutput`). */
  readonly taps: Taps;
  /** Outputs whose gradients are fed (`upstreamName`); not used with an objective. */
  readonly from: readonly string[];
  /** Inputs, weights and outputs with respect to which the gradient is wanted (`gradientName`). */
  readonly wrt: readonly string[];
  /** Outputs whose values are wanted too. */
  readonly keep: readonly string[];
  /** Put on the part's stream: its sum over rows is differentiated, and its rows are given as `OBJECTIVE`. */
  readonly objective?: Objective;
}

export const OBJECTIVE = 'objective';

export function backwardKey({ taps, from, wrt, keep, objective }: BackwardGraphRequest): string {
  return `backward ${tapsKey(taps)} from ${from.join(',')} to ${wrt.join(',')} with ${keep.join(',')} ${objective?.key ?? ''}`;
}

/** Only what the wanted outputs need is in the program that this is lowered to. */
export function backwardGraph(family: Family, part: ProgramPart, request: BackwardGraphRequest): Graph {
  const forward = partGraph(family, part, request.taps);
  const { objective } = request;
  const kept = new Set(objective === undefined ? request.keep : [...request.keep, OBJECTIVE]);
  const keeps = (output: string) => kept.has(output);
  if (objective === undefined) return vectorJacobian(forward, request.from, request.wrt, keeps, { mayStretch });
  const scored = withObjective(forward, objective);
  // Rows don't influence each other: a gradient of 1 for each row gives each row's own.
  return vectorJacobian(scored, [OBJECTIVE], request.wrt, keeps, { mayStretch });
}

function withObjective(forward: Graph, objective: Objective): Graph {
  const g = GraphBuilder.from(forward, forward.name);
  g.output(OBJECTIVE, objective.build(g, forward.outputs.get(STREAM) as Value));
  return g.build();
}

/** Edits and masks broadcast; every other input has its full length. */
function mayStretch(input: string): boolean {
  return input.startsWith('edit.') || input === 'mask';
}
