/** One prompt with its answer under many masks: is the answer still said, and how likely is it? */
import { forcedLogits } from '../../../run/forcedLogits.ts';
import type { Model } from '../../../run/index.ts';
import type { Extended, Extension, Prefix } from '../../../run/prefix.ts';
import { emptyPrefix, extendPrefix } from '../../../run/prefix.ts';
import { logSumExp } from '../../../tasks/metrics.ts';
import type { Edit } from '../../../terms/edits.ts';

interface MaskedRunRequest {
  readonly ids: readonly number[];
  /** What should follow `ids`, at least one token. */
  readonly answer: readonly number[];
  /** Edits of each arm; none: the model as it is. */
  readonly arms: readonly (readonly Edit[])[];
  readonly signal: AbortSignal;
}

interface ForcedAnswer {
  /** Is every token of the answer the first choice? Then greedy decoding says exactly this. */
  readonly isExact: boolean;
  /** Share of the answer's tokens that are the first choice after the right ones before them. */
  readonly firstChoice: number;
  /** Mean over the answer's tokens of the natural log of their probability. */
  readonly logProbability: number;
}

/** How a continuation is written. */
interface Writing {
  readonly maxNew: number;
  readonly endIds: readonly number[];
}

interface ArmAnswer extends ForcedAnswer {
  readonly said: readonly number[] | null;
}

/**
 * What the arms make of the prompt: one prefix of all but the prompt's last token, as Wu et al. prefill, for all arms that leave
 * it as it is, and one of its own for every other.
 */
export class MaskedRun {
  readonly #model: Model;
  readonly #request: MaskedRunRequest;
  #clean: Extended | null = null;

  constructor(model: Model, request: MaskedRunRequest) {
    this.#model = model;
    this.#request = request;
  }

  /** In the order of the arms; with what each writes, where that is asked for. Throws Fault where prompt and answer are longer than the context. */
  async answers(writing: Writing | null): Promise<readonly ArmAnswer[]> {
    const { arms } = this.#request;
    const found = new Map<number, ArmAnswer>();
    const shared = arms.flatMap((edits, arm) => (edits.every(decodesOnly) ? [arm] : []));
    await this.#under(shared, await this.#prefixOf([]), writing, found);
    for (const [arm, edits] of arms.entries()) {
      if (!shared.includes(arm)) await this.#under([arm], await this.#prefixOf(edits), writing, found);
    }
    return arms.map((_, arm) => found.get(arm) ?? missing(arm));
  }

  async #under(
    arms: readonly number[],
    prefix: Prefix,
    writing: Writing | null,
    found: Map<number, ArmAnswer>,
  ): Promise<void> {
    const forced = await this.#forced(arms, prefix);
    for (const [i, arm] of arms.entries()) {
      const said = writing === null ? null : await this.#said(arm, prefix, writing);
      found.set(arm, { ...(forced[i] ?? missing(arm)), said });
    }
  }

  /** Greedy continuation under one arm; the end token, where it came, is the last. */
  async #said(arm: number, prefix: Prefix, writing: Writing): Promise<readonly number[]> {
    const { ids, signal } = this.#request;
    const edits = this.#request.arms[arm] ?? [];
    const said: number[] = [];
    for await (const { id } of this.#model.generate({ ids, ...writing, edits, prefix, signal })) said.push(id);
    return said;
  }

  async #forced(arms: readonly number[], prefix: Prefix): Promise<readonly ForcedAnswer[]> {
    const { ids, answer, signal } = this.#request;
    const sets = arms.map((arm) => this.#request.arms[arm] ?? []);
    const results = forcedLogits(this.#model, { prefix, prompt: ids, continuation: answer, sets, signal });
    const found: ForcedAnswer[] = [];
    for (;;) {
      const step = await this.#model.exclusive(() => results.next());
      if (step.done === true) return found;
      found.push(read(step.value.data, answer));
    }
  }

  async #prefixOf(edits: readonly Edit[]): Promise<Prefix> {
    if (this.#request.ids.length === 1) return emptyPrefix;
    const clean = await this.#cleanRun();
    if (edits.every(decodesOnly)) return clean.prefix;
    const layer = Math.min(...edits.map(({ layers = [0] }) => Math.min(...layers)));
    const stream = clean.streams[layer];
    const begun = layer === 0 || stream === undefined ? undefined : { layer, stream, caches: clean.prefix.caches };
    return (await this.#extend(edits, { begun })).prefix;
  }

  /** The prompt but its last token, as the model is; with streams, where arms begin from them and they take little memory. */
  async #cleanRun(): Promise<Extended> {
    const { layers, width } = this.#model.family.shape;
    const { arms, ids } = this.#request;
    const isSmall = ids.length * width * layers * Float32Array.BYTES_PER_ELEMENT <= MOST_BYTES;
    const keepsStreams = isSmall && !arms.every((edits) => edits.every(decodesOnly));
    this.#clean ??= await this.#extend([], { keepsStreams });
    return this.#clean;
  }

  #extend(edits: readonly Edit[], options: Pick<Extension, 'begun' | 'keepsStreams'>): Promise<Extended> {
    const { ids, signal } = this.#request;
    const text = { ids, to: ids.length - 1, prompt: ids.length, edits, signal, ...options };
    return this.#model.exclusive(() => extendPrefix(this.#model, emptyPrefix, text));
  }
}

/** Streams before every layer that are kept, at most. */
const MOST_BYTES = 256 * 2 ** 20;

function decodesOnly({ scope }: Edit): boolean {
  return scope === 'decode';
}

function missing(arm: number): never {
  throw new RangeError(`arm ${arm} was not measured`);
}

/** Logits [P V], a row before each token. */
function read(logits: Float32Array, answer: readonly number[]): ForcedAnswer {
  const width = logits.length / answer.length;
  let [sum, chosen] = [0, 0];
  for (const [i, token] of answer.entries()) {
    const row = logits.subarray(i * width, (i + 1) * width);
    const own = row[token] ?? NaN;
    sum += own - logSumExp(row);
    if (firstLargest(row) === token) chosen++;
  }
  const { length } = answer;
  return { isExact: chosen === length, firstChoice: chosen / length, logProbability: sum / length };
}

/** The first of equals, which greedy decoding takes. */
function firstLargest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}
