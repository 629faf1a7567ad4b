/** Losses of every predicted token of a window, from the stream after the last layer, some positions at a time. */
import type { Model } from '../../run/index.ts';
import type { Feeds } from '../../run/ort.ts';
import { sliceAxis } from '../../tensor/positions.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize } from '../../tensor/tensor.ts';
import { cleanLossGraph, editedLossGraph, lossInputs } from './lossGraphs.ts';

/** Of every predicted token, in nats; `flipped` is 1 where the first choice is another. */
export interface EditedLosses {
  readonly loss: Float32Array;
  readonly kl: Float32Array;
  readonly flipped: Uint8Array;
}

/** The unedited model's predictions of a few positions. */
interface Predicted {
  /** [P V] */
  readonly log: Float32Array;
  /** First choices. */
  readonly tops: readonly number[];
}

/** Logits in one program run, at most: 16 MB. */
const MOST_LOGITS = 2 ** 22;
/** Multiply-adds of one program run: about 30 ms on two cores. */
const MOST_MULTIPLY_ADDS = 2.5e9;
/** Predictions of the unedited model are kept up to this many bytes: the latest, and older ones are made again. */
const KEPT_BYTES = 2 ** 28;

export class WindowLosses {
  readonly #model: Model;
  readonly #windows: readonly (readonly number[])[];
  /** [B 1, P, D] after the last layer, unedited. */
  readonly #streams: readonly Tensor[];
  readonly #kept = new Map<string, Predicted>();
  #bytes = 0;

  constructor(model: Model, windows: readonly (readonly number[])[], streams: readonly Tensor[]) {
    this.#model = model;
    this.#windows = windows;
    this.#streams = streams;
  }

  /** -log p of each predicted token, for each copy of the window in `stream` [B P D]; the unedited model's where omitted. */
  async losses(window: number, stream: Tensor = this.#stream(window)): Promise<Float32Array[]> {
    const copies = axisSize(stream, 'B');
    const found = Array.from({ length: copies }, () => new Float32Array(this.#ids(window).length - 1));
    for (const [from, to] of this.#chunks(window, copies)) {
      const results = await this.#clean(window, stream, [from, to], ['loss']);
      place(results, 'loss', found, [from, to]);
    }
    return found;
  }

  /** The same with what changed of the predictions, for each copy in `stream` [B P D]. */
  async compare(window: number, stream: Tensor): Promise<EditedLosses[]> {
    const copies = axisSize(stream, 'B');
    const predicted = this.#ids(window).length - 1;
    const lists = () => Array.from({ length: copies }, () => new Float32Array(predicted));
    const found = { loss: lists(), kl: lists(), lead: lists() };
    for (const span of this.#chunks(window, copies)) {
      const results = await this.#edited(window, stream, span);
      for (const name of ['loss', 'kl', 'lead'] as const) place(results, name, found[name], span);
    }
    return found.loss.map((loss, copy) => ({
      loss,
      // Rounding may leave a little below 0.
      kl: (found.kl[copy] ?? new Float32Array()).map((value) => Math.max(0, value)),
      flipped: Uint8Array.from(found.lead[copy] ?? [], (lead) => (lead > 0 ? 1 : 0)),
    }));
  }

  async #edited(window: number, stream: Tensor, span: Span): Promise<ReadonlyMap<string, Tensor>> {
    const { log, tops } = await this.#predicted(window, span);
    const { family, programs } = this.#model;
    const program = await programs.graphOver({ kind: 'unembed' }, 'edited losses', () => editedLossGraph(family));
    const copies = axisSize(stream, 'B');
    const feeds: Feeds = {
      ...this.#feeds(window, stream, span),
      [lossInputs.tops]: repeated(tops, copies),
      [lossInputs.clean]: { data: log, shape: [tops.length, family.shape.outputVocabulary] },
    };
    return program.run(feeds, ['loss', 'kl', 'lead']);
  }

  async #predicted(window: number, span: Span): Promise<Predicted> {
    const key = `${window} ${span.join(' ')}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const results = await this.#clean(window, this.#stream(window), span, ['log']);
    const log = results.get('log')?.data ?? new Float32Array();
    const predicted = { log, tops: firstChoices(log, this.#model.family.shape.outputVocabulary) };
    this.#keep(key, predicted);
    return predicted;
  }

  #keep(key: string, predicted: Predicted): void {
    this.#kept.set(key, predicted);
    this.#bytes += predicted.log.byteLength;
    for (const [oldest, { log }] of this.#kept) {
      if (this.#bytes <= KEPT_BYTES || oldest === key) return;
      this.#kept.delete(oldest);
      this.#bytes -= log.byteLength;
    }
  }

  async #clean(window: number, stream: Tensor, span: Span, outputs: readonly string[]) {
    const { family, programs } = this.#model;
    const program = await programs.graphOver({ kind: 'unembed' }, 'losses', () => cleanLossGraph(family));
    return program.run(this.#feeds(window, stream, span), outputs);
  }

  #feeds(window: number, stream: Tensor, [from, to]: Span): Feeds {
    const { data, axes } = sliceAxis(stream, 'P', from, to);
    return {
      residPost: { data, shape: axes.map(({ size }) => size) },
      [lossInputs.targets]: repeated(this.#ids(window).slice(from + 1, to + 1), axisSize(stream, 'B')),
    };
  }

  /** Positions whose next token is known. */
  #chunks(window: number, copies: number): Span[] {
    return chunksOf(this.#model, this.#ids(window).length - 1, copies);
  }

  #ids(window: number): readonly number[] {
    return this.#windows[window] ?? [];
  }

  #stream(window: number): Tensor {
    const stream = this.#streams[window];
    if (stream === undefined) throw new RangeError(`no stream of window ${window}`);
    return stream;
  }
}

type Span = readonly [from: number, to: number];

/** Positions [0, predicted) in runs of the unembedding; always the same for one model and number of copies. */
export function chunksOf({ family: { shape } }: Pick<Model, 'family'>, predicted: number, copies: number): Span[] {
  const { width, outputVocabulary } = shape;
  const most = Math.min(MOST_LOGITS / outputVocabulary, MOST_MULTIPLY_ADDS / (width * outputVocabulary));
  const size = Math.max(1, Math.floor(most / copies));
  return Array.from({ length: Math.ceil(predicted / size) }, (_, i) => [i * size, Math.min(predicted, (i + 1) * size)]);
}

/** The same ids for every copy: [B P]. */
export function repeated(ids: readonly number[], copies: number) {
  const row = ids.map(BigInt);
  return { data: BigInt64Array.from(Array.from({ length: copies }, () => row).flat()), shape: [copies, ids.length] };
}

function place(results: ReadonlyMap<string, Tensor>, name: string, into: readonly Float32Array[], [from, to]: Span) {
  const { data } = results.get(name) ?? { data: new Float32Array() };
  into.forEach((values, copy) => values.set(data.subarray(copy * (to - from), (copy + 1) * (to - from)), from));
}

/** Index of the largest value of each row. */
function firstChoices(log: Float32Array, width: number): number[] {
  return Array.from({ length: log.length / width }, (_, row) => {
    let top = row * width;
    for (let i = top + 1; i < (row + 1) * width; i++) if ((log[i] as number) > (log[top] as number)) top = i;
    return top - row * width;
  });
}
