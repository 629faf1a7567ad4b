/**
 * Both streams of DuoAttention's training on one text, and the gradient of their distance with respect to every gate. The
 * gated stream is kept at each layer and its blocks are run again backwards, so memory is that of one block.
 */
import type { Family } from '../../arch/architecture.ts';
import { gradientName, upstreamName } from '../../graph/gradient.ts';
import type { Graph } from '../../graph/graph.ts';
import { makeBatch } from '../../run/batch.ts';
import type { Batch } from '../../run/batch.ts';
import { everySlot } from '../../run/cleanRun.ts';
import type { ForwardHost } from '../../run/forward.ts';
import { forward } from '../../run/forward.ts';
import { LayerFeeds } from '../../run/layerFeeds.ts';
import type { Feed, Feeds } from '../../run/ort.ts';
import { Pass } from '../../run/pass.ts';
import type { ProgramPart } from '../../run/program.ts';
import { STREAM } from '../../run/program.ts';
import type { Program } from '../../run/programs.ts';
import { programBoundary } from '../../run/turns.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { StreamingWindow } from './duoSettings.ts';
import { DISTILLATION, distillation, finalHidden, HIDDEN, LABELS, TARGET } from './finalHidden.ts';
import { gatedBlock, gatedBlockGradient, GATES, STREAMING_MASK } from './gatedBlock.ts';
import { streamingMask } from './streamingMask.ts';

/** A text and which of its tokens count in the loss. */
export interface LabelledText {
  readonly ids: readonly number[];
  /** [P]: 1 or 0; at least one is 1. */
  readonly labels: Float32Array;
}

export interface TwoStreamsRequest {
  readonly text: LabelledText;
  /** [L G]: 1 is full attention, 0 streaming. */
  readonly gates: Float32Array;
  readonly streaming: StreamingWindow;
  readonly signal?: AbortSignal;
}

export interface GateGradients {
  /** Mean squared difference of the final hidden states over labelled tokens. */
  readonly distillation: number;
  /** [L G]: of the distillation with respect to the gates. */
  readonly gradients: Float32Array;
}

/** To be called within the model's turn. Throws Fault for a text that the model can't take. */
export async function gateGradients(host: ForwardHost, request: TwoStreamsRequest): Promise<GateGradients> {
  return new TwoStreams(host, request).run();
}

class TwoStreams {
  readonly #host: ForwardHost;
  readonly #request: TwoStreamsRequest;
  readonly #batch: Batch;
  readonly #shared: LayerFeeds;
  readonly #masks = new Map<number | null, Feed>();

  constructor(host: ForwardHost, request: TwoStreamsRequest) {
    this.#host = host;
    this.#request = request;
    this.#batch = makeBatch([request.text.ids], host.family, 'right');
    this.#shared = new LayerFeeds(host.family, this.#batch, everySlot(this.#batch));
  }

  async run(): Promise<GateGradients> {
    const [target] = await this.#run(hidden, { residPost: feedOf(await this.#fullStream()) });
    const streams = await this.#gatedStreams();
    const { labels } = this.#request.text;
    const [loss, from] = await this.#run(distance, {
      residPost: feedOf(streams.at(-1) as Tensor),
      [TARGET]: feedOf(target as Tensor),
      [LABELS]: { data: labels, shape: [1, labels.length] },
    });
    return { distillation: loss?.data[0] ?? NaN, gradients: await this.#backward(streams, from as Tensor) };
  }

  /** residPost of the last block under full attention. */
  async #fullStream(): Promise<Tensor> {
    const last = this.#host.family.shape.layers - 1;
    const capture = [{ site: 'residPost', layers: [last] }] as const;
    const { text, signal } = this.#request;
    const stopped = signal === undefined ? {} : { signal };
    const run = await forward(this.#host, { ids: [text.ids], capture, logits: 'none', ...stopped });
    return run.get('residPost', last);
  }

  /** The gated stream before each layer, then after the last. */
  async #gatedStreams(): Promise<readonly Tensor[]> {
    const { family, programs } = this.#host;
    const pass = new Pass(family, programs, this.#batch, everySlot(this.#batch));
    const streams = [(await pass.embed(new Map(), new Set())).stream];
    for (let layer = 0; layer < family.shape.layers; layer++) {
      const [stream] = await this.#run(forwards(layer), this.#feedsOf(layer, streams[layer] as Tensor));
      if (stream === undefined) throw new RangeError('a gated block gave no stream');
      this.#host.checkStream(layer, stream);
      streams.push(stream);
    }
    return streams;
  }

  async #backward(streams: readonly Tensor[], from: Tensor): Promise<Float32Array> {
    const { family } = this.#host;
    const { layers, kvHeads } = family.shape;
    const gradients = new Float32Array(layers * kvHeads);
    let upstream = from;
    for (let layer = layers - 1; layer >= 0; layer--) {
      const feeds = { ...this.#feedsOf(layer, streams[layer] as Tensor), [upstreamName(STREAM)]: feedOf(upstream) };
      const [below, ofGates] = await this.#run(backwards(layer), feeds);
      upstream = below as Tensor;
      gradients.set((ofGates as Tensor).data, layer * kvHeads);
    }
    return gradients;
  }

  #feedsOf(layer: number, residPre: Tensor): Feeds {
    const { kvHeads } = this.#host.family.shape;
    const gates = this.#request.gates.slice(layer * kvHeads, (layer + 1) * kvHeads);
    return {
      ...this.#shared.of(layer),
      residPre: feedOf(residPre),
      [GATES]: { data: gates, shape: [kvHeads] },
      [STREAMING_MASK]: this.#streamingMaskOf(this.#host.family.windowOf(layer)),
    };
  }

  #streamingMaskOf(window: number | null): Feed {
    const known = this.#masks.get(window) ?? streamingMask(this.#batch, window, this.#request.streaming);
    this.#masks.set(window, known);
    return known;
  }

  /** The outputs of a step, in its order. */
  async #run({ part, key, build, outputs }: Step, feeds: Feeds): Promise<readonly Tensor[]> {
    this.#request.signal?.throwIfAborted();
    await programBoundary();
    const { family, programs } = this.#host;
    const program = await programs.graphOver(part, key, () => build(family));
    return [...(await program.run(only(program, feeds), outputs)).values()];
  }
}

/** One program of ours, and what is asked of it. */
interface Step {
  readonly part: ProgramPart;
  readonly key: string;
  build(family: Family): Graph;
  readonly outputs: readonly string[];
}

const unembed: ProgramPart = { kind: 'unembed' };
const hidden: Step = { part: unembed, key: 'final hidden', build: finalHidden, outputs: [HIDDEN] };
const distance: Step = {
  ...{ part: unembed, key: 'distillation', build: distillation },
  outputs: [DISTILLATION, gradientName('residPost')],
};

function forwards(layer: number): Step {
  const build = (family: Family) => gatedBlock(family, layer);
  return { part: blockAt(layer), key: 'gated', build, outputs: [STREAM] };
}

function backwards(layer: number): Step {
  const build = (family: Family) => gatedBlockGradient(family, layer);
  const outputs = [gradientName('residPre'), gradientName(GATES)];
  return { part: blockAt(layer), key: 'gated gradient', build, outputs };
}

function blockAt(layer: number): ProgramPart {
  return { kind: 'block', layer, narrow: false, whole: true };
}

function feedOf({ data, axes }: Tensor): Feed {
  return { data, shape: axes.map(({ size }) => size) };
}

function only(program: Program, feeds: Feeds): Feeds {
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => program.inputs.has(name)));
}
