/**
 * One pass over a text that keeps of every feature what a card of it needs. Activations around the chosen tokens are looked up
 * afterwards, when it is known which contexts stay: in codes that were held, as far as memory for them goes, and by running the
 * windows again beyond that.
 */
import type { Model } from '../../engine/run/index.ts';
import { rowForm } from '../activations/siteRows.ts';
import type { DictionaryProgram } from '../inference/dictionaryProgram.ts';
import { largestOf } from './encodePrompt.ts';
import type { CollectedFeatures, ContextTable, LogitLists } from './featureStore.ts';
import type { WindowCodes, WindowCodesRequest } from './featureRows.ts';
import { windowCodes } from './featureRows.ts';
import type { TallyContext } from './featureTally.ts';
import { FeatureTally } from './featureTally.ts';
import { LogitEffects } from './logitEffects.ts';

export interface CollectRequest extends WindowCodesRequest {
  readonly source: string;
  readonly tokenIdsSha256: string;
  /** What a token comes from: `story 12`, `prompt 3`. */
  readonly nameOf: (window: number, position: number) => string;
  /** Contexts of each kind, and tokens before and after the one that each is about. */
  readonly strongest: number;
  readonly perQuantile: number;
  readonly before: number;
  readonly after: number;
  readonly seed: number;
  /** When the dictionary was made. */
  readonly created: string;
  /** Printable form of a token. */
  readonly textOf: (id: number) => string;
  /** Entries of codes that are held to look values up in: 2^24, which is 128 MB, where omitted. */
  readonly held?: number;
}

export interface CollectProgress {
  readonly of: 'windows' | 'windows again' | 'features';
  readonly done: number;
  readonly total: number;
}

/** Tokens whose logits a feature's effect is kept for, up and down. */
const LOGITS = 10;

/** Throws Fault where the dictionary does not fit the model, and for values that are not finite. */
export async function* collectFeatures(
  model: Model,
  program: DictionaryProgram,
  request: CollectRequest,
): AsyncGenerator<CollectProgress, CollectedFeatures, void> {
  const { features } = program.dictionary;
  const tally = new FeatureTally({ features, ...request });
  const shelf = new CodeShelf(request.held ?? HELD);
  for await (const codes of windowCodes(model, program, request)) {
    tally.add(codes);
    shelf.put(codes);
    yield { of: 'windows', done: codes.window + 1, total: request.windows.length };
  }
  const contexts = new Contexts(features, rowForm(program.dictionary.input, model.family).perToken, request);
  for (const context of tally.contexts()) contexts.add(context, shelf.positionsOf(context.window));
  yield* lookAgain(model, program, request, shelf, contexts);
  const counts = tally.counts();
  const logits = yield* logitLists(model, program, counts.active, request.signal);
  const windows = contexts.windows.map((window) => request.windows[window] ?? []);
  const ids = new Set([...windows.flat(), ...(logits?.ids ?? [])]);
  return {
    counts,
    contexts: contexts.table(),
    windows,
    logits,
    tokens: new Map([...ids].map((id) => [id, request.textOf(id)])),
    description: {
      version: 1,
      ...{ dictionary: request.created, features, seed: request.seed },
      model: { name: model.files.name, fingerprint: model.files.fingerprint },
      heads: model.family.shape.heads,
      text: {
        ...{ source: request.source, windows: request.windows.length, rows: counts.rows },
        length: request.windows.reduce((most, { length }) => Math.max(most, length), 0),
        tokenIdsSha256: request.tokenIdsSha256,
      },
      logits: logits === null ? null : { top: logits.top, note: logits.note },
      sources: contexts.sources,
      parts: partNames(model, program),
    },
  };
}

/** Values around the chosen tokens, window by window. */
async function* lookAgain(
  model: Model,
  program: DictionaryProgram,
  request: CollectRequest,
  shelf: CodeShelf,
  contexts: Contexts,
): AsyncGenerator<CollectProgress, void, void> {
  const missing: number[] = [];
  for (const window of contexts.windows) {
    const held = shelf.get(window);
    if (held === null) missing.push(window);
    else contexts.see(held);
  }
  if (missing.length === 0) return;
  const windows = missing.map((window) => request.windows[window] ?? []);
  for await (const codes of windowCodes(model, program, { ...request, windows })) {
    contexts.see({ ...codes, window: missing[codes.window] as number });
    yield { of: 'windows again', done: codes.window + 1, total: missing.length };
  }
}

async function* logitLists(
  model: Model,
  program: DictionaryProgram,
  active: Int32Array,
  signal: AbortSignal | undefined,
): AsyncGenerator<CollectProgress, LogitLists | null, void> {
  const effects = await LogitEffects.of(model, program.dictionary);
  if (effects === null) return null;
  const top = Math.min(LOGITS, model.family.shape.outputVocabulary);
  const ids = new Int32Array(active.length * 2 * top);
  const values = new Float32Array(ids.length);
  const alive = [...active.keys()].filter((feature) => (active[feature] as number) > 0);
  let done = 0;
  for await (const { feature, up, down } of effects.tokens(alive, top, signal)) {
    [...up, ...down].forEach(({ id, value }, i) => {
      ids[feature * 2 * top + i] = id;
      values[feature * 2 * top + i] = value;
    });
    yield { of: 'features', done: ++done, total: alive.length };
  }
  return { top, note: effects.note, ids, values };
}

function partNames({ family }: Model, { dictionary: { input } }: DictionaryProgram): readonly string[] {
  const { layers, heads } = family.shape;
  const own = input.layer === null ? Array.from({ length: layers }, (_, layer) => layer) : [input.layer];
  if (input.head === 'each') {
    return own.flatMap((layer) => Array.from({ length: heads }, (_, head) => `L${layer}H${head}`));
  }
  return input.layer === null ? own.map((layer) => `layer ${layer}`) : [];
}

const HELD = 16 * 2 ** 20;

/** Codes of windows from the first on, as many as memory allows, and where the rows of all of them stand. */
class CodeShelf {
  readonly #held = new Map<number, WindowCodes>();
  readonly #positions: (readonly number[])[] = [];
  #left: number;

  constructor(entries: number) {
    this.#left = entries;
  }

  put(codes: WindowCodes): void {
    this.#positions[codes.window] = codes.positions;
    this.#left -= codes.codes.values.length + codes.codes.starts.length;
    if (this.#left >= 0) this.#held.set(codes.window, codes);
  }

  get(window: number): WindowCodes | null {
    return this.#held.get(window) ?? null;
  }

  positionsOf(window: number): readonly number[] {
    return this.#positions[window] ?? [];
  }
}

/** The chosen contexts, and their values as windows are seen. */
class Contexts {
  readonly #features: number;
  readonly #perToken: number;
  readonly #request: CollectRequest;
  readonly #start: Int32Array;
  readonly #columns: Readonly<Record<'group' | 'window' | 'from' | 'to' | 'at' | 'part' | 'source', number[]>>;
  readonly #feature: number[] = [];
  /** Of each window: its number among the stored ones, and its contexts. */
  readonly #byWindow = new Map<number, { readonly stored: number; readonly contexts: number[] }>();
  readonly #sources = new Map<string, number>();
  readonly #entries: { readonly context: number[]; readonly at: number[]; readonly value: number[] };

  constructor(features: number, perToken: number, request: CollectRequest) {
    [this.#features, this.#perToken, this.#request] = [features, perToken, request];
    this.#start = new Int32Array(features + 1);
    this.#columns = { group: [], window: [], from: [], to: [], at: [], part: [], source: [] };
    this.#entries = { context: [], at: [], value: [] };
  }

  /** Windows with a context, in the order in which they are stored. */
  get windows(): readonly number[] {
    return [...this.#byWindow.keys()];
  }

  get sources(): readonly string[] {
    return [...this.#sources.keys()];
  }

  add({ feature, group, window, row }: TallyContext, positions: readonly number[]): void {
    const at = positions[Math.floor(row / this.#perToken)] ?? 0;
    const { before, after, windows } = this.#request;
    const own = this.#byWindow.get(window) ?? { stored: this.#byWindow.size, contexts: [] };
    this.#byWindow.set(window, own);
    own.contexts.push(this.#feature.length);
    this.#feature.push(feature);
    this.#start[feature + 1] = this.#feature.length;
    this.#columns.group.push(group);
    this.#columns.window.push(own.stored);
    this.#columns.from.push(Math.max(0, at - before));
    this.#columns.to.push(Math.min((windows[window] ?? []).length, at + after + 1));
    this.#columns.at.push(at);
    this.#columns.part.push(row % this.#perToken);
    this.#columns.source.push(this.#sourceOf(window, at));
  }

  /** Values of a window's contexts; of a token's rows the largest. */
  see({ window, positions, perToken, codes }: WindowCodes): void {
    const contexts = this.#byWindow.get(window)?.contexts ?? [];
    const wanted = new Map(contexts.map((context) => [this.#feature[context] as number, context]));
    positions.forEach((position, token) => {
      for (const [feature, value] of largestOf(codes, token * perToken, perToken)) {
        const context = wanted.get(feature);
        if (context === undefined) continue;
        const from = this.#columns.from[context] as number;
        if (position < from || position >= (this.#columns.to[context] as number)) continue;
        this.#entries.context.push(context);
        this.#entries.at.push(position - from);
        this.#entries.value.push(value);
      }
    });
  }

  table(): ContextTable {
    for (let f = 0; f < this.#features; f++) {
      this.#start[f + 1] = Math.max(this.#start[f] as number, this.#start[f + 1] as number);
    }
    const { group, window, from, to, at, part, source } = this.#columns;
    return {
      start: this.#start,
      ...{ group: Int32Array.from(group), window: Int32Array.from(window), at: Int32Array.from(at) },
      ...{ from: Int32Array.from(from), to: Int32Array.from(to) },
      ...{ part: Int32Array.from(part), source: Int32Array.from(source) },
      values: this.#values(),
    };
  }

  /** Entries in the order of contexts; those of one context are in order already. */
  #values(): ContextTable['values'] {
    const { context, at, value } = this.#entries;
    const start = new Int32Array(this.#feature.length + 1);
    for (const c of context) start[c + 1] = (start[c + 1] as number) + 1;
    for (let c = 0; c < this.#feature.length; c++) start[c + 1] = (start[c + 1] as number) + (start[c] as number);
    const next = start.slice();
    const [places, values] = [new Int32Array(context.length), new Float32Array(context.length)];
    context.forEach((c, i) => {
      const place = next[c] as number;
      next[c] = place + 1;
      places[place] = at[i] as number;
      values[place] = value[i] as number;
    });
    return { start, at: places, value: values };
  }

  #sourceOf(window: number, position: number): number {
    const name = this.#request.nameOf(window, position);
    const known = this.#sources.get(name) ?? this.#sources.size;
    this.#sources.set(name, known);
    return known;
  }
}
