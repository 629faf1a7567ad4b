/** A graph's scalar and its gradient in float64, beside central differences. */
import type { Dense } from '../../engine/graph/dense.ts';
import { dense } from '../../engine/graph/dense.ts';
import { evaluate } from '../../engine/graph/evaluate.ts';
import { gradient, gradientName } from '../../engine/graph/gradient.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { Axis } from '../../engine/terms/axes.ts';
import { isAxis } from '../../engine/terms/axes.ts';

/** Row-major values under axes as in `B 2 P 3`. */
export function valuesOf(axes: string, data: readonly number[] | Float64Array): Dense {
  const words = axes.split(' ').filter((word) => word !== '');
  const sized = words.flatMap((word, i): { axis: Axis; size: number }[] =>
    isAxis(word) ? [{ axis: word, size: Number(words[i + 1]) }] : [],
  );
  return dense(sized, Float64Array.from(data));
}

export function scalarOf(graph: Graph, output: string, feeds: ReadonlyMap<string, Dense>): number {
  const only = { ...graph, outputs: new Map([...graph.outputs].filter(([name]) => name === output)) };
  return evaluate(only, feeds).get(output)?.data[0] ?? NaN;
}

/** d output / d input, by the graph's own rules. */
export function gradientOf(
  graph: Graph,
  output: string,
  input: string,
  feeds: ReadonlyMap<string, Dense>,
): Float64Array {
  const whole = gradient(graph, output, [input]);
  return Float64Array.from(evaluate(whole, feeds).get(gradientName(input))?.data ?? []);
}

/** (f(x + h) - f(x - h)) / 2 h at each of these places of an input: off by h^2 times the third derivative. */
export function centralDifferences(
  graph: Graph,
  output: string,
  input: string,
  feeds: ReadonlyMap<string, Dense>,
  places: readonly number[],
  h = 1e-4,
): number[] {
  const x = feeds.get(input);
  if (x === undefined) throw new RangeError(`nothing is fed for ${input}`);
  const moved = (place: number, by: number) => {
    const data = x.data.slice();
    data[place] = (data[place] as number) + by;
    return scalarOf(graph, output, new Map([...feeds, [input, dense(x.axes, data)]]));
  };
  return places.map((place) => (moved(place, h) - moved(place, -h)) / (2 * h));
}
