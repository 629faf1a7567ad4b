/** Scores of patterns and writes that are written down: the readout in float64, without a model. */
import { evaluate } from '../../engine/graph/evaluate.ts';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import { inputsOf } from '../../engine/graph/graph.ts';
import type { Feeds } from '../../engine/run/ort.ts';
import type { QuerySpan } from '../../engine/run/readouts.ts';
import type { HeadScore, ScorePrompt } from '../../engine/scores/headScore.ts';
import { OverlapBatch } from '../../engine/scores/overlapBatch.ts';
import { ReadBatch } from '../../engine/scores/readBatch.ts';
import type { ScoreBatch } from '../../engine/scores/scoreBatch.ts';
import type { Axis } from '../../engine/terms/axes.ts';
import { sliceAxis } from '../../engine/tensor/positions.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { axisSize, tensor } from '../../engine/tensor/tensor.ts';

export type Weight = (query: number, key: number) => number;

/** What one layer holds of its prompts; the second half of a pattern's rows are those of reordered tokens, where they are read. */
export interface Planted {
  /** [B N P K] */
  readonly pattern: Tensor;
  /** [B P D], [B P N H], [N H D]; zeros where omitted. */
  readonly residPre?: Tensor;
  readonly z?: Tensor;
  readonly outWeight?: Tensor;
}

export interface ReadingOptions {
  readonly causal?: boolean;
  /** Queries in a chunk; all at once where omitted. */
  readonly chunk?: number;
}

/** [B 1, N 1, P, K] */
export function patternOf(length: number, weight: Weight): Tensor {
  const data = Float32Array.from({ length: length ** 2 }, (_, i) => weight(Math.floor(i / length), i % length));
  return tensor(data, axesOf('B N P K', [1, 1, length, length]));
}

export function axesOf(axes: string, sizes: readonly number[]) {
  return axes.split(' ').map((axis, i) => ({ axis: axis as Axis, size: sizes[i] ?? 1 }));
}

/** By head; null where no query of the prompt counts. */
export function readPlanted(
  score: HeadScore,
  prompt: ScorePrompt,
  planted: Planted,
  { causal = true, chunk = Infinity }: ReadingOptions = {},
): readonly number[] | null {
  if (score.select(prompt).length === 0) return null;
  const heads = axisSize(planted.pattern, 'N');
  const batch: ScoreBatch =
    score.reading === 'overlap'
      ? new OverlapBatch([prompt], score, 0, 0)
      : new ReadBatch({ rows: [prompt], scores: [score], predicts: false, heads, causal });
  const values = new Float64Array(heads);
  const add = ({ head }: { readonly head: number }, part: number) => (values[head] = (values[head] ?? NaN) + part);
  for (const span of spansOf(prompt.ids.length, causal ? chunk : Infinity)) {
    batch.read({ kind: 'read', layer: 0, chunk: span, values: valuesAt(batch, planted, span) }, add);
  }
  batch.finish(0, add);
  return [...values];
}

function spansOf(length: number, size: number): QuerySpan[] {
  const spans: QuerySpan[] = [];
  for (let from = 0; from < length; from += size) {
    const to = Math.min(length, from + size);
    spans.push({ from, to, keys: to });
  }
  return spans;
}

function valuesAt(batch: ScoreBatch, planted: Planted, span: QuerySpan): ReadonlyMap<string, Tensor> {
  const block = blockAt(planted, span);
  const g = new GraphBuilder('planted', {});
  const inputs = Object.entries(block).map(([name, value]) => {
    const axes = value.axes.map(({ axis }) => axis).join(' ');
    return [name, g.input(name, axes, 'float32', Object.fromEntries(value.axes.map(({ axis, size }) => [axis, size])))];
  });
  for (const [name, value] of batch.readout.build(g, Object.fromEntries(inputs))) g.output(name, value);
  const graph = g.build();
  const feeds = new Map([...Object.entries(block), ...fed(batch.feeds(span), graph)]);
  return new Map(
    [...evaluate(graph, feeds)].map(([name, { axes, data }]) => [name, tensor(Float32Array.from(data), axes)]),
  );
}

function blockAt({ pattern, ...more }: Planted, { from, to, keys }: QuerySpan): Required<Planted> {
  const [rows, heads, length] = [axisSize(pattern, 'B'), axisSize(pattern, 'N'), axisSize(pattern, 'P')];
  const zeros = (axes: string, sizes: readonly number[]) =>
    tensor(new Float32Array(sizes.reduce((a, b) => a * b)), axesOf(axes, sizes));
  const residPre = more.residPre ?? zeros('B P D', [rows, length, 1]);
  const z = more.z ?? zeros('B P N H', [rows, length, heads, 1]);
  return {
    pattern: sliceAxis(sliceAxis(pattern, 'P', from, to), 'K', 0, keys),
    residPre: sliceAxis(residPre, 'P', from, to),
    z: sliceAxis(z, 'P', from, to),
    outWeight: more.outWeight ?? zeros('N H D', [heads, 1, 1]),
  };
}

function fed(feeds: Feeds, graph: ReturnType<GraphBuilder['build']>): [string, Tensor][] {
  return inputsOf(graph).flatMap(({ name, type }): [string, Tensor][] => {
    const feed = feeds[name];
    if (feed === undefined || !(feed.data instanceof Float32Array)) return [];
    return [
      [
        name,
        tensor(
          feed.data,
          type.axes.map(({ axis }, i) => ({ axis, size: feed.shape[i] ?? 0 })),
        ),
      ],
    ];
  });
}
