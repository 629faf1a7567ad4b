/** The two streams and their distance in float64, through the same graphs without the runtime. */
import { readFloat32 } from '../../../engine/files/readTensor.ts';
import type { Dense } from '../../../engine/graph/dense.ts';
import { evaluate } from '../../../engine/graph/evaluate.ts';
import { gradientName, upstreamName } from '../../../engine/graph/gradient.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import { inputsOf, parametersOf } from '../../../engine/graph/graph.ts';
import type { Batch } from '../../../engine/run/batch.ts';
import { makeBatch, positionsFeed } from '../../../engine/run/batch.ts';
import { everySlot } from '../../../engine/run/cleanRun.ts';
import type { Model } from '../../../engine/run/index.ts';
import { LayerFeeds } from '../../../engine/run/layerFeeds.ts';
import { locateWeight } from '../../../engine/run/locateWeight.ts';
import type { Feeds } from '../../../engine/run/ort.ts';
import type { ProgramPart } from '../../../engine/run/program.ts';
import { partGraph, partWeights, STREAM } from '../../../engine/run/program.ts';
import { noTaps } from '../../../engine/run/taps.ts';
import type { Tensor, TensorData } from '../../../engine/tensor/tensor.ts';
import { tensor } from '../../../engine/tensor/tensor.ts';
import type { StreamingWindow } from '../../../engine/train/duo/duoSettings.ts';
import {
  DISTILLATION,
  distillation,
  finalHidden,
  HIDDEN,
  LABELS,
  TARGET,
} from '../../../engine/train/duo/finalHidden.ts';
import { gatedBlock, gatedBlockGradient, GATES, STREAMING_MASK } from '../../../engine/train/duo/gatedBlock.ts';
import { streamingMask } from '../../../engine/train/duo/streamingMask.ts';
import type { LabelledText } from '../../../engine/train/duo/twoStreams.ts';

type Named = ReadonlyMap<string, Tensor<TensorData>>;

export class Float64Streams {
  readonly #model: Model;
  readonly #text: LabelledText;
  readonly #window: StreamingWindow;
  readonly #batch: Batch;
  readonly #shared: LayerFeeds;
  readonly #weights = new Map<string, Tensor<TensorData>>();

  constructor(model: Model, text: LabelledText, window: StreamingWindow) {
    this.#model = model;
    this.#text = text;
    this.#window = window;
    this.#batch = makeBatch([text.ids], model.family, 'right');
    this.#shared = new LayerFeeds(model.family, this.#batch, everySlot(this.#batch));
  }

  /** Distillation loss under gates [L G]. */
  async loss(gates: Float64Array): Promise<number> {
    const { outputs } = await this.#distance(gates);
    return outputs.get(DISTILLATION)?.data[0] ?? NaN;
  }

  /** [L G], by the graphs' own rules. */
  async gradients(gates: Float64Array): Promise<Float64Array> {
    const { family } = this.#model;
    const { layers, kvHeads } = family.shape;
    const { streams, outputs } = await this.#distance(gates);
    const found = new Float64Array(layers * kvHeads);
    let upstream = outputs.get(gradientName('residPost')) as Dense;
    for (let layer = layers - 1; layer >= 0; layer--) {
      const given = new Map<string, Tensor<TensorData>>([
        ...this.#gated(layer, gates),
        ['residPre', streams[layer] as Dense],
        [upstreamName(STREAM), upstream],
      ]);
      const result = await this.#evaluate(
        blockAt(layer),
        gatedBlockGradient(family, layer),
        given,
        this.#shared.of(layer),
      );
      found.set(result.get(gradientName(GATES))?.data ?? [], layer * kvHeads);
      upstream = result.get(gradientName('residPre')) as Dense;
    }
    return found;
  }

  async #distance(gates: Float64Array) {
    const { family } = this.#model;
    const target = await this.#full();
    const streams = [await this.#embedded()];
    for (let layer = 0; layer < family.shape.layers; layer++) {
      const given = new Map([...this.#gated(layer, gates), ['residPre', streams[layer] as Dense] as const]);
      const result = await this.#evaluate(blockAt(layer), gatedBlock(family, layer), given, this.#shared.of(layer));
      streams.push(result.get(STREAM) as Dense);
    }
    const labels = tensor(Float64Array.from(this.#text.labels), [
      { axis: 'B', size: 1 },
      { axis: 'P', size: this.#text.labels.length },
    ]);
    const given = new Map<string, Tensor<TensorData>>([
      ['residPost', streams.at(-1) as Dense],
      [TARGET, target],
      [LABELS, labels],
    ]);
    return { streams, outputs: await this.#evaluate({ kind: 'unembed' }, distillation(family), given, {}) };
  }

  /** Final hidden states under full attention, by the plain programs. */
  async #full(): Promise<Dense> {
    const { family } = this.#model;
    let stream = await this.#embedded();
    for (let layer = 0; layer < family.shape.layers; layer++) {
      const graph = partGraph(family, blockAt(layer), noTaps);
      const result = await this.#evaluate(
        blockAt(layer),
        graph,
        new Map([['residPre', stream]]),
        this.#shared.of(layer),
      );
      stream = result.get(STREAM) as Dense;
    }
    const given = new Map([['residPost', stream]]);
    return (await this.#evaluate({ kind: 'unembed' }, finalHidden(family), given, {})).get(HIDDEN) as Dense;
  }

  async #embedded(): Promise<Dense> {
    const slots = everySlot(this.#batch).queries;
    const feeds = {
      ids: { data: this.#batch.ids, shape: [1, slots.length] },
      positions: positionsFeed(this.#batch, slots),
    };
    const graph = partGraph(this.#model.family, { kind: 'embed' }, noTaps);
    return (await this.#evaluate({ kind: 'embed' }, graph, new Map(), feeds)).get(STREAM) as Dense;
  }

  #gated(layer: number, gates: Float64Array): Map<string, Tensor<TensorData>> {
    const { shape, windowOf } = this.#model.family;
    const own = gates.slice(layer * shape.kvHeads, (layer + 1) * shape.kvHeads);
    const mask = streamingMask(this.#batch, windowOf.call(this.#model.family, layer), this.#window);
    return new Map<string, Tensor<TensorData>>([
      [GATES, tensor(own, [{ axis: 'G', size: shape.kvHeads }])],
      [
        STREAMING_MASK,
        tensor(mask.data, [
          { axis: 'B', size: 1 },
          { axis: 'P', size: mask.shape[1] ?? 0 },
          { axis: 'K', size: mask.shape[2] ?? 0 },
        ]),
      ],
    ]);
  }

  async #evaluate(part: ProgramPart, graph: Graph, given: Named, feeds: Feeds): Promise<Map<string, Dense>> {
    const { files, family } = this.#model;
    const all = new Map(given);
    for (const { name } of parametersOf(graph)) {
      const key = `${JSON.stringify(part)} ${name}`;
      const { tensor: stored, source } = locateWeight(files, partWeights(family, part), name);
      const value = this.#weights.get(key) ?? tensor(await readFloat32(stored, source.rows), source.axes);
      this.#weights.set(key, value);
      all.set(name, value);
    }
    for (const { name, type } of inputsOf(graph)) {
      const feed = feeds[name];
      if (feed === undefined) continue;
      all.set(
        name,
        tensor(
          feed.data,
          type.axes.map(({ axis }, i) => ({ axis, size: feed.shape[i] ?? 0 })),
        ),
      );
    }
    return evaluate(graph, all);
  }
}

function blockAt(layer: number): ProgramPart {
  return { kind: 'block', layer, narrow: false, whole: true };
}
