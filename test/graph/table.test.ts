import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Dense } from '../../engine/graph/dense.ts';
import { evaluate } from '../../engine/graph/evaluate.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { parametersOf } from '../../engine/graph/graph.ts';
import type { ParameterStorage } from '../../engine/graph/lower.ts';
import type { PrimitiveName } from '../../engine/graph/primitives.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { cases, define, drawOperand } from './cases.ts';
import { expectClose } from './close.ts';
import { randomCases } from './randomCases.ts';
import { runGraph } from './session.ts';
import { WeightFile } from './weights.ts';

const DRAWS = 12;

/** All cases of one primitive and some of random shapes in one graph, with operands drawn at random. */
function contractGraph(
  name: PrimitiveName,
  seed: number,
): { readonly graph: Graph; readonly feeds: Map<string, Dense> } {
  const random = seededRandom(seed);
  const g = new GraphBuilder(name, {});
  const feeds = new Map<string, Dense>();
  const drawn = Array.from({ length: DRAWS }, () => randomCases[name](random));
  [...cases[name], ...drawn].forEach(({ operands, build }, i) => {
    const values = operands.map((operand, o) => {
      const value = drawOperand(operand, random);
      feeds.set(`case${i}.${o}`, value);
      return define(g, operand, `case${i}.${o}`, value);
    });
    g.output(`result${i}`, build(g, values));
  });
  return { graph: g.build(), feeds };
}

function usesParameters(name: PrimitiveName): boolean {
  return cases[name].some(({ operands }) => operands.some((operand) => operand.as === 'parameter'));
}

describe('every primitive gives the same numbers in float64 and in ONNX Runtime', () => {
  it.each(Object.keys(cases) as PrimitiveName[])('%s', async (name) => {
    const { graph, feeds } = contractGraph(name, 1);
    expect(
      graph.definitions.some((definition) => definition.kind === 'operation' && definition.primitive === name),
    ).toBe(true);
    const expected = evaluate(graph, feeds);
    const results = await runGraph(graph, feeds);
    for (const [output, value] of expected) expectClose(results.get(output), value, `${name} ${output}`, 1e-5, 1);
  });
});

describe('weights in a file give the same numbers as weights that are fed', () => {
  it.each((Object.keys(cases) as PrimitiveName[]).filter(usesParameters))('%s', async (name) => {
    const { graph, feeds } = contractGraph(name, 2);
    const file = new WeightFile();
    const stored = new Map(
      parametersOf(graph).map((parameter) => [
        parameter.name,
        file.appendFloats(feeds.get(parameter.name) as Dense, 'F32'),
      ]),
    );
    const storage = (parameter: string) => stored.get(parameter) as ParameterStorage;
    const results = await file.inFolder((folder) => runGraph(graph, feeds, { storage, folder }));
    for (const [output, value] of evaluate(graph, feeds))
      expectClose(results.get(output), value, `${name} ${output}`, 1e-5, 1);
  });
});
