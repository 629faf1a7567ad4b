/**
 * A prompt through the same programs as they stand in the graphs, without the runtime: every operation in float64 by the
 * table's own evaluation, from weights read out of the files anew. Slow, and nothing in it is shared with the runtime but
 * the graphs and the tables of positions.
 */
import { setImmediate as nextTask } from 'node:timers/promises';
import type { Family } from '../../arch/architecture.ts';
import type { ModelFiles } from '../../files/modelFiles.ts';
import { readFloat32 } from '../../files/readTensor.ts';
import type { Dense } from '../../graph/dense.ts';
import { dense, lengthOf } from '../../graph/dense.ts';
import { evaluation } from '../../graph/evaluate.ts';
import type { Graph } from '../../graph/graph.ts';
import { inputsOf, parametersOf } from '../../graph/graph.ts';
import type { Tensor, TensorData } from '../../tensor/tensor.ts';
import { sizeOf, tensor } from '../../tensor/tensor.ts';
import type { Site } from '../../terms/sites.ts';
import { makeBatch, positionsFeed } from '../batch.ts';
import { everySlot } from '../cleanRun.ts';
import { LayerFeeds } from '../layerFeeds.ts';
import { locateWeight } from '../locateWeight.ts';
import type { Feed, Feeds } from '../ort.ts';
import type { ProgramPart } from '../program.ts';
import { partGraph, partWeights, STREAM } from '../program.ts';
import { captureOutput } from '../taps.ts';

export interface Float64Request {
  readonly files: ModelFiles;
  readonly family: Family;
  readonly ids: readonly number[];
  /** Those of a block, and those after the last block. */
  readonly sites: { readonly block: readonly Site[]; readonly unembed: readonly Site[] };
  readonly signal: AbortSignal;
}

/** Values [B 1, ...] at the sites of one block; or of the unembedding, [B 1, P 1, ...] at one position. */
export type Float64Values =
  | { readonly kind: 'block'; readonly layer: number; readonly values: ReadonlyMap<Site, Dense> }
  | { readonly kind: 'unembed'; readonly position: number; readonly values: ReadonlyMap<Site, Dense> };

/** Block by block, then position by position. Throws Fault for a prompt that the model can't take. */
export async function* float64Pass(request: Float64Request): AsyncGenerator<Float64Values, void, void> {
  const { family, ids, sites } = request;
  const batch = makeBatch([ids], family, 'right');
  const slots = everySlot(batch);
  const shared = new LayerFeeds(family, batch, slots);
  const embed = await evaluated(request, { kind: 'embed' }, []);
  const tokens: Feed = { data: batch.ids, shape: [1, ids.length] };
  let { stream } = await embed({ ids: tokens, positions: positionsFeed(batch, slots.queries) }, null);
  for (let layer = 0; layer < family.shape.layers; layer++) {
    const block = await evaluated(request, { kind: 'block', layer, narrow: false, whole: true }, sites.block);
    const result = await block(shared.of(layer), { name: 'residPre', value: stream });
    yield { kind: 'block', layer, values: result.values };
    stream = result.stream;
  }
  const unembed = await evaluated(request, { kind: 'unembed' }, sites.unembed);
  for (let position = 0; position < ids.length; position++) {
    const { values } = await unembed({}, { name: 'residPost', value: atPosition(stream, position) });
    yield { kind: 'unembed', position, values };
  }
}

/** Bytes of the part with most weights: one is in memory at a time. */
export function float64PassBytes(family: Family): number {
  const blocks = Array.from({ length: family.shape.layers }, (_, layer) => family.block(layer));
  const parts = [family.embed, ...blocks, family.unembed].map(({ weights }) =>
    Object.values(weights).reduce((total, { axes }) => total + 4 * sizeOf(axes), 0),
  );
  return Math.max(...parts);
}

interface Stream {
  readonly name: string;
  readonly value: Dense;
}

type Evaluated = (
  feeds: Feeds,
  stream: Stream | null,
) => Promise<{ readonly stream: Dense; readonly values: ReadonlyMap<Site, Dense> }>;

/** One part with its weights, to be evaluated on any feeds. */
async function evaluated(
  { files, family, signal }: Float64Request,
  part: ProgramPart,
  sites: readonly Site[],
): Promise<Evaluated> {
  const graph = partGraph(family, part, { edited: new Set(), captured: new Set(sites) });
  const weights = await readWeights(files, family, part, graph);
  return async (feeds, stream) => {
    const given = new Map([...weights, ...named(graph, feeds)]);
    if (stream !== null) given.set(stream.name, stream.value);
    const outputs = await inStretches(evaluation(graph, given), signal);
    const output = (name: string) => outputs.get(name) as Dense;
    return { stream: output(STREAM), values: new Map(sites.map((site) => [site, output(captureOutput(site))])) };
  };
}

async function readWeights(files: ModelFiles, family: Family, part: ProgramPart, graph: Graph) {
  const weights = new Map<string, Tensor<TensorData>>();
  for (const { name } of parametersOf(graph)) {
    const { tensor: stored, source } = locateWeight(files, partWeights(family, part), name);
    weights.set(name, tensor(await readFloat32(stored, source.rows), source.axes));
  }
  return weights;
}

/** Feeds as tensors with the axes of the graph's inputs; those that it does not have are left out. */
function named(graph: Graph, feeds: Feeds): [string, Tensor<TensorData>][] {
  return inputsOf(graph).flatMap(({ name, type }) => {
    const feed = feeds[name];
    if (feed === undefined) return [];
    const axes = type.axes.map(({ axis }, i) => ({ axis, size: feed.shape[i] ?? 1 }));
    return [[name, tensor<TensorData>(feed.data, axes)]];
  });
}

function atPosition(stream: Dense, position: number): Dense {
  const width = lengthOf(stream, 'D');
  const axes = stream.axes.map(({ axis, size }) => ({ axis, size: axis === 'P' ? 1 : size }));
  return dense(axes, stream.data.slice(position * width, (position + 1) * width));
}

/** Milliseconds after which others get a turn; an operation is never broken off. */
const STRETCH = 20;

async function inStretches<R>(steps: Generator<void, R, void>, signal: AbortSignal): Promise<R> {
  signal.throwIfAborted();
  let since = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - since < STRETCH) continue;
    await nextTask();
    signal.throwIfAborted();
    since = performance.now();
  }
}
