/**
 * Direct logit attribution (Elhage et al. 2021; Wang et al. 2022, arXiv 2211.00593, section 3): the logit difference at the answer
 * position, split among everything that was added to the stream there. With the final norm's divisor s frozen at its value,
 *
 *     (l_A - l_W) = sum over parts of part . w / s + c,   w = (mean of U over A - mean of U over W) times the norm's gain
 *
 * and c from the biases of norm and unembedding, so that heads, MLPs, attention biases, embedding and c sum to the difference itself.
 * What a family puts after attention (a norm, a factor) is taken into each head's part, its divisor frozen as well.
 * Direct effects only: what later layers make of a write is not in it.
 */
import type { Model } from '../run/index.ts';
import { summariser } from '../tasks/statistics.ts';
import type { Prompt } from '../tasks/task.ts';
import { requireScorable } from '../tasks/metrics.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize } from '../tensor/tensor.ts';
import type { Summary } from '../terms/summary.ts';
import { siteStream } from './siteStream.ts';
import type { AnswerDirections } from './weights/answerDirections.ts';
import { readAnswerDirections } from './weights/answerDirections.ts';
import { AttentionParts } from './weights/attentionParts.ts';
import { dot } from './weights/dot.ts';
import { requireAddedStream } from './weights/headMatrices.ts';
import { spreadOf } from './weights/norms.ts';

export interface DirectLogitsRequest {
  /** Every one with answers and wrong answers. */
  readonly prompts: readonly Prompt[];
  /** Of the bootstrap. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** In logits, over prompts. */
export type DirectLogitsEvent =
  | {
      readonly kind: 'head';
      readonly layer: number;
      readonly head: number;
      readonly values: { readonly directLogits: Summary };
    }
  /** The MLP's part, and that of attention's output bias; null where the model has none. */
  | {
      readonly kind: 'layer';
      readonly layer: number;
      readonly mlp: Summary | null;
      readonly attentionBias: Summary | null;
    }
  | {
      readonly kind: 'total';
      readonly embed: Summary;
      /** Biases of the final norm and of the unembedding. */
      readonly constant: Summary;
      /** All parts together, and the logit difference that the last stream gives (before a soft cap). */
      readonly sum: Summary;
      readonly metric: Summary;
      /** Largest |sum - metric| of a prompt: rounding. */
      readonly residue: number;
    }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number };

/**
 * Layers in order, the heads of each before its rest, and the total last. Throws Fault for a prompt without wrong answers, and
 * for a family whose stream is not only added to.
 */
export async function* directLogits(model: Model, request: DirectLogitsRequest): AsyncGenerator<DirectLogitsEvent> {
  requireAddedStream(model, 'direct logit attribution');
  const { prompts, seed, signal } = request;
  prompts.forEach((prompt, i) => requireScorable(prompt, 'logitDifference', `prompt ${i + 1}`));
  const directions = await readAnswerDirections(model, prompts, signal);
  const parts = new Parts(model, prompts.length);
  const batches = batchesOf(prompts);
  const { layers } = model.family.shape;
  for (const [i, { from, rows }] of batches.entries()) {
    const batch = new AnswerBatch(model, parts, directions, from, rows);
    const sites = model.family.lacks.mlpOut === undefined ? (['z', 'mlpOut'] as const) : (['z'] as const);
    for await (const event of siteStream(model, { ids: rows.map(({ ids }) => ids), sites, signal })) {
      if (event.kind === 'embed') batch.embedded(event.stream);
      if (event.kind === 'end') batch.ended(event.stream);
      if (event.kind !== 'sites') continue;
      await batch.read(event.layer, event.from, event.sites);
      yield { kind: 'progress', done: i * layers + event.layer + 1, total: batches.length * layers };
    }
  }
  yield* parts.events(summariser(prompts.length, seed));
}

/** One number a prompt. */
type Column = Float64Array;

class Parts {
  readonly prompts: number;
  /** [layer][head] */
  readonly heads: readonly (readonly Column[])[];
  /** [layer] */
  readonly mlps: readonly Column[];
  readonly biases: readonly Column[];
  readonly embed: Column;
  readonly constant: Column;
  readonly metric: Column;
  readonly #hasMlp: boolean;
  readonly #hasBias: boolean;

  constructor({ family }: Model, prompts: number) {
    const { layers, heads } = family.shape;
    const column = () => new Float64Array(prompts);
    const perLayer = () => Array.from({ length: layers }, column);
    this.prompts = prompts;
    this.heads = Array.from({ length: layers }, () => Array.from({ length: heads }, column));
    [this.mlps, this.biases] = [perLayer(), perLayer()];
    [this.embed, this.constant, this.metric] = [column(), column(), column()];
    this.#hasMlp = family.lacks.mlpOut === undefined;
    this.#hasBias = family.description.block(0).attention.part.out.bias !== null;
  }

  /** Divides what one prompt's parts have by the final norm's divisor. */
  divide(prompt: number, by: number): void {
    for (const column of [...this.heads.flat(), ...this.mlps, ...this.biases, this.embed]) {
      column[prompt] = (column[prompt] as number) / by;
    }
  }

  *events(summarise: (values: ArrayLike<number>) => Summary): Generator<DirectLogitsEvent> {
    for (const [layer, heads] of this.heads.entries()) {
      for (const [head, column] of heads.entries()) {
        yield { kind: 'head', layer, head, values: { directLogits: summarise(column) } };
      }
      const [mlp, bias] = [this.mlps[layer], this.biases[layer]];
      yield {
        ...{ kind: 'layer', layer },
        mlp: this.#hasMlp && mlp !== undefined ? summarise(mlp) : null,
        attentionBias: this.#hasBias && bias !== undefined ? summarise(bias) : null,
      };
    }
    const sum = this.#sum();
    yield {
      ...{ kind: 'total', embed: summarise(this.embed), constant: summarise(this.constant) },
      ...{ sum: summarise(sum), metric: summarise(this.metric) },
      residue: sum.reduce((most, value, i) => Math.max(most, Math.abs(value - (this.metric[i] as number))), 0),
    };
  }

  #sum(): Column {
    const columns = [...this.heads.flat(), ...this.mlps, ...this.biases, this.embed, this.constant];
    return new Float64Array(this.prompts).map((_, i) =>
      columns.reduce((sum, column) => sum + (column[i] as number), 0),
    );
  }
}

/** A few prompts in one padded batch: what their answer positions hold. */
class AnswerBatch {
  readonly #model: Model;
  readonly #parts: Parts;
  readonly #directions: AnswerDirections;
  readonly #from: number;
  readonly #prompts: readonly Prompt[];

  constructor(model: Model, parts: Parts, directions: AnswerDirections, from: number, prompts: readonly Prompt[]) {
    this.#model = model;
    this.#parts = parts;
    this.#directions = directions;
    this.#from = from;
    this.#prompts = prompts;
  }

  embedded(stream: Tensor): void {
    this.#each(0, axisSize(stream, 'P'), (row, prompt, position) => {
      this.#parts.embed[prompt] = dot(vectorAt(stream, row, position), this.#direction(prompt));
    });
  }

  async read(layer: number, from: number, sites: ReadonlyMap<string, Tensor>): Promise<void> {
    const [z, mlpOut] = [sites.get('z'), sites.get('mlpOut')];
    if (z === undefined) throw new RangeError('a block gave no z');
    const attention = await AttentionParts.of(this.#model, layer);
    this.#each(from, from + axisSize(z, 'P'), (row, prompt, position) => {
      const found = attention.of(vectorAt(z, row, position - from), this.#direction(prompt));
      for (const [head, column] of (this.#parts.heads[layer] ?? []).entries())
        column[prompt] = found.heads[head] as number;
      (this.#parts.biases[layer] as Column)[prompt] = found.bias;
      if (mlpOut !== undefined) {
        const write = vectorAt(mlpOut, row, position - from);
        (this.#parts.mlps[layer] as Column)[prompt] = dot(write, this.#direction(prompt));
      }
    });
  }

  ended(stream: Tensor): void {
    const { norm } = this.#model.family.description.unembedding;
    this.#each(0, axisSize(stream, 'P'), (row, prompt, position) => {
      const last = vectorAt(stream, row, position);
      const by = norm === null ? 1 : spreadOf(last, norm);
      const constant = this.#directions.constants[prompt] as number;
      this.#parts.metric[prompt] = dot(last, this.#direction(prompt)) / by + constant;
      this.#parts.constant[prompt] = constant;
      this.#parts.divide(prompt, by);
    });
  }

  /** Rows whose answer position is among [from, to). */
  #each(from: number, to: number, act: (row: number, prompt: number, position: number) => void): void {
    for (const [row, { answerPosition }] of this.#prompts.entries()) {
      if (answerPosition >= from && answerPosition < to) act(row, this.#from + row, answerPosition);
    }
  }

  #direction(prompt: number): Float32Array {
    return this.#directions.vectors[prompt] as Float32Array;
  }
}

interface Batch {
  /** Index of the first prompt. */
  readonly from: number;
  readonly rows: readonly Prompt[];
}

const TOKENS_PER_BATCH = 2048;

/** Prompts in order, as many at a time as stay small when padded to the longest. */
function batchesOf(prompts: readonly Prompt[]): Batch[] {
  const batches: Batch[] = [];
  let [from, longest] = [0, 0];
  for (const [i, { ids }] of prompts.entries()) {
    longest = Math.max(longest, ids.length);
    if (i > from && (i - from + 1) * longest > TOKENS_PER_BATCH) {
      batches.push({ from, rows: prompts.slice(from, i) });
      [from, longest] = [i, ids.length];
    }
  }
  batches.push({ from, rows: prompts.slice(from) });
  return batches;
}

/** [B P ...] at one row and position. */
function vectorAt(x: Tensor, row: number, position: number): Float32Array {
  const positions = axisSize(x, 'P');
  const width = x.data.length / (axisSize(x, 'B') * positions);
  const at = (row * positions + position) * width;
  return x.data.subarray(at, at + width);
}
