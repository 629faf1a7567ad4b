/** The gradient goldens: what PyTorch's autograd gives in float64, and the same by the graph, block by block from the logits back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Family } from '../../engine/arch/architecture.ts';
import type { StoredTensor } from '../../engine/files/modelFiles.ts';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Dense } from '../../engine/graph/dense.ts';
import { dense } from '../../engine/graph/dense.ts';
import { evaluate } from '../../engine/graph/evaluate.ts';
import { gradient, gradientName } from '../../engine/graph/gradient.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { inputsOf, parametersOf } from '../../engine/graph/graph.ts';
import type { Value } from '../../engine/graph/value.ts';
import { axisNames } from '../../engine/graph/value.ts';
import type { Batch } from '../../engine/run/batch.ts';
import { keyPositionsFeed, makeBatch, maskFeed, positionsFeed, rotaryFeeds } from '../../engine/run/batch.ts';
import type { ModelDescription } from '../../engine/run/model.ts';
import { describeModel } from '../../engine/run/model.ts';
import type { Feed } from '../../engine/run/ort.ts';
import type { ProgramPart } from '../../engine/run/program.ts';
import { partGraph, partWeights, STREAM } from '../../engine/run/program.ts';
import { captureOutput, noTaps } from '../../engine/run/taps.ts';
import { WeightStore } from '../../engine/run/weightStore.ts';
import type { Site } from '../../engine/terms/sites.ts';
import { goldenPath, readIds } from './golden.ts';
import { runGraph } from '../graph/session.ts';

const root = fileURLToPath(new URL('../../fixtures/gradients', import.meta.url));

export interface GradientFolder {
  readonly folder: string;
  readonly family: string;
}

export const gradientFolders = JSON.parse(readFileSync(join(root, 'index.json'), 'utf8')) as readonly GradientFolder[];

/** `residPre.1`, `z.0` or `weight.<name in the checkpoint>` -> values, row-major. */
type Gradients = Map<string, Float64Array>;

const headSites: readonly Site[] = ['q', 'k', 'v', 'z'];

export interface GradientsOfFolder {
  readonly expected: Gradients;
  readonly reference: Gradients;
  /** The same programs in float32, each given the reference's inputs. */
  readonly lowered: Gradients;
}

export async function gradientsOf(folder: string): Promise<GradientsOfFolder> {
  const { tensors } = await readSafetensors(join(root, `${folder}.safetensors`));
  const expected: Gradients = new Map();
  for (const [name, tensor] of tensors) {
    if (name !== 'ids') expected.set(name, Float64Array.from(await readFloat32(tensor)));
  }
  const model = await describeModel(goldenPath(folder));
  const backward = new Backward(model, readIds(tensors.get('ids')), new Set(expected.keys()));
  await backward.run(expected.get('logits') as Float64Array);
  expected.delete('logits');
  return { expected, reference: backward.reference, lowered: backward.lowered };
}

class Backward {
  readonly reference: Gradients = new Map();
  readonly lowered: Gradients = new Map();
  readonly #model: ModelDescription;
  readonly #store: WeightStore;
  readonly #batch: Batch;
  readonly #wanted: ReadonlySet<string>;

  /** `wanted`: goldens' names; gradients of other weights are not taken. */
  constructor(model: ModelDescription, ids: readonly (readonly number[])[], wanted: ReadonlySet<string>) {
    this.#model = model;
    this.#wanted = wanted;
    this.#store = new WeightStore(model.files, 'float32');
    this.#batch = makeBatch(ids, model.family, 'right');
  }

  /** Forward, keeping the stream before each block; then backward from the gradient of the logits. */
  async run(ofLogits: Float64Array): Promise<void> {
    const { family } = this.#model;
    const blocks = Array.from({ length: family.shape.layers }, (_, layer): ProgramPart => ({
      kind: 'block',
      layer,
      narrow: false,
    }));
    const parts: readonly ProgramPart[] = [{ kind: 'embed' }, ...blocks, { kind: 'unembed' }];
    const streams: (Dense | null)[] = [null];
    for (const part of parts) streams.push(await this.#forward(part, streams.at(-1) ?? null));
    let upstream = dense((streams.pop() as Dense).axes, ofLogits);
    for (const part of parts.toReversed())
      upstream = (await this.#backward(part, streams.pop() ?? null, upstream)) ?? upstream;
  }

  async #forward(part: ProgramPart, stream: Dense | null): Promise<Dense> {
    const graph = partGraph(this.#model.family, part, noTaps);
    const only = { ...graph, outputs: new Map([[STREAM, graph.outputs.get(STREAM) as Value]]) };
    return evaluate(only, await this.#feeds(only, part, stream)).get(STREAM) as Dense;
  }

  /** The gradient with respect to the part's own stream; null for the embedding. */
  async #backward(part: ProgramPart, stream: Dense | null, upstream: Dense): Promise<Dense | null> {
    const { family } = this.#model;
    const weights = Object.keys(partWeights(family, part)).filter((name) => {
      const stored = this.#storedAs(part, name);
      return stored !== null && this.#wanted.has(`weight.${stored.name}`);
    });
    const own = streamInput(part);
    const graph = backwardGraph(family, part, [...(own === null ? [] : [own]), ...weights]);
    const feeds = new Map([...(await this.#feeds(graph, part, stream)), ['upstream', upstream]]);
    const values = evaluate(graph, feeds);
    const run = await runGraph(graph, feeds);
    for (const [output, { data }] of values) {
      const name = output.replace(/^gradient\./, '');
      const rounded = Float64Array.from(run.get(output)?.data as Float32Array);
      this.#add(part, name, Float64Array.from(data), this.reference);
      this.#add(part, name, rounded, this.lowered);
    }
    return own === null ? null : (values.get(gradientName(own)) as Dense);
  }

  /** The checkpoint's tensor that a parameter of a program is read from; null where the name is no parameter. */
  #storedAs(part: ProgramPart, name: string): StoredTensor | null {
    const { family, files } = this.#model;
    const source = partWeights(family, part)[name];
    const found = source?.tensors.find((candidate) => files.tensors.has(candidate));
    return found === undefined ? null : (files.tensors.get(found) ?? null);
  }

  /** Stores a gradient under its golden's name; gradients of pieces of one stored tensor, or of its several uses, are added up. */
  #add(part: ProgramPart, name: string, values: Float64Array, to: Gradients): void {
    const stored = this.#storedAs(part, name);
    if (stored === null) {
      if (part.kind === 'block') to.set(`${name.replace(/^captured\./, '')}.${part.layer}`, values);
      return;
    }
    const whole = to.get(`weight.${stored.name}`) ?? new Float64Array(stored.shape.reduce((a, b) => a * b, 1));
    const start =
      ((partWeights(this.#model.family, part)[name]?.rows?.[0] ?? 0) * whole.length) / (stored.shape[0] ?? 1);
    values.forEach((value, i) => (whole[start + i] = (whole[start + i] as number) + value));
    to.set(`weight.${stored.name}`, whole);
  }

  async #feeds(graph: Graph, part: ProgramPart, stream: Dense | null): Promise<Map<string, Dense>> {
    const use = part.kind === 'embed' ? 'rows' : 'products';
    const names = parametersOf(graph).map(({ name }) => name);
    const weights = await this.#store.weightsOf(names, partWeights(this.#model.family, part), use);
    const given = { ...this.#shared(part), ...weights.feeds };
    const feeds = new Map<string, Dense>();
    for (const { name, type } of [...inputsOf(graph), ...parametersOf(graph)]) {
      const feed = given[name];
      if (feed === undefined) continue;
      const axes = axisNames(type).map((axis, i) => ({ axis, size: feed.shape[i] as number }));
      feeds.set(name, dense(axes, Float64Array.from(feed.data as ArrayLike<number | bigint>, Number)));
    }
    const own = streamInput(part);
    if (own !== null && stream !== null) feeds.set(own, stream);
    return feeds;
  }

  #shared(part: ProgramPart): Record<string, Feed> {
    const { family } = this.#model;
    const [batch, slots] = [this.#batch, Array.from({ length: this.#batch.slots }, (_, slot) => slot)];
    const ids: Feed = { data: batch.ids, shape: [batch.rows, batch.slots] };
    const positions = positionsFeed(batch, slots);
    if (part.kind !== 'block') return { ids, positions };
    const rotary = family.rotaryOf(part.layer);
    const kind = rotary === null ? undefined : family.rotaryKinds[rotary];
    const none: Feed = {
      data: new Float32Array(0),
      shape: [batch.rows, family.shape.kvHeads, 0, family.shape.headWidth],
    };
    return {
      positions,
      mask: maskFeed(batch, family.causal, family.windowOf(part.layer), slots, batch.slots),
      keyPositions: keyPositionsFeed(batch, batch.slots),
      pastKeys: none,
      pastValues: none,
      ...(kind === undefined ? {} : rotaryFeeds(batch, kind, slots)),
    };
  }
}

function streamInput({ kind }: ProgramPart): string | null {
  return kind === 'embed' ? null : kind === 'block' ? 'residPre' : 'residPost';
}

/** scalar = sum(stream * upstream): its gradients with respect to these names, and in a block to q, k, v and z. */
function backwardGraph(family: Family, part: ProgramPart, names: readonly string[]): Graph {
  const sites = part.kind === 'block' ? headSites : [];
  const forward = partGraph(family, part, { edited: new Set(), captured: new Set(sites) });
  const g = GraphBuilder.from(forward, 'backward');
  const stream = forward.outputs.get(STREAM) as Value;
  const axes = axisNames(stream.type).join(' ');
  const sizes = Object.fromEntries(
    stream.type.axes.flatMap(({ axis, size }) => (size === 'dynamic' ? [] : [[axis, size]])),
  );
  g.output('scalar', g.sum(g.multiply(stream, g.input('upstream', axes, 'float32', sizes)), axes));
  const wrt = [...names, ...sites.map(captureOutput)];
  // One mask serves all rows of a batch.
  const whole = gradient(g.build(), 'scalar', wrt, { mayStretch: (input) => input === 'mask' });
  const wanted = wrt.map(gradientName);
  return { ...whole, outputs: new Map(wanted.map((name) => [name, whole.outputs.get(name) as Value])) };
}
