/**
 * What was collected about a dictionary's features, beside it in `features.safetensors`, whole or not at all:
 *
 *     active, mean, largest, step [F], counts [F BINS]            as `FeatureCounts` has them
 *     contexts.start [F + 1]                                      contexts of feature f: start[f] up to start[f + 1]
 *     contexts.group, window, from, to, at, part, source [C]      tokens [from, to) of a window, about the token `at`
 *     values.start [C + 1], values.at, values.value               activations that are not 0, by place in the context
 *     windows.start [W + 1], windows.ids                          token ids of the windows that have a context
 *     logits.ids, logits.values [F 2 T]                           the T tokens that are written up most, then the T down
 *     tokens                                                      printable tokens by id, JSON
 *
 * A card reads only the parts of its feature.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredTensor } from '../../engine/files/modelFiles.ts';
import { readStored } from '../../engine/files/readTensor.ts';
import type { SafetensorsFile } from '../../engine/files/safetensors.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import type { TensorToWrite } from '../../engine/files/writeSafetensors.ts';
import { writeSafetensors } from '../../engine/files/writeSafetensors.ts';
import type { FeatureCard } from '../../engine/results/dictionaryFeatures.ts';
import type { FeaturesFile } from '../../engine/results/featuresFile.ts';
import { featuresFile, tokenTexts } from '../../engine/results/featuresFile.ts';
import { validate } from '../../engine/results/validate.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { FEATURES, readCard } from '../formats/dictionaryFolder.ts';
import type { FeatureCounts } from './featureTally.ts';
import { BINS, contextGroups } from './featureTally.ts';

const DESCRIPTION = 'headscope-features';

const columns = ['group', 'window', 'from', 'to', 'at', 'part', 'source'] as const;

/** A column a fact, [C] each: tokens [from, to) of a window of token ids, about the token `at`. */
export interface ContextTable extends Readonly<Record<(typeof columns)[number], Int32Array>> {
  /** [F + 1] contexts of feature f: start[f] up to start[f + 1]. */
  readonly start: Int32Array;
  /** Activations that are not 0, in the order of contexts: of context c start[c] up to start[c + 1]; places count from `from`. */
  readonly values: { readonly start: Int32Array; readonly at: Int32Array; readonly value: Float32Array };
}

export interface LogitLists {
  readonly top: number;
  readonly note: string;
  /** [F 2 top] */
  readonly ids: Int32Array;
  readonly values: Float32Array;
}

export interface CollectedFeatures {
  readonly description: FeaturesFile;
  readonly counts: FeatureCounts;
  readonly contexts: ContextTable;
  readonly windows: readonly (readonly number[])[];
  readonly logits: LogitLists | null;
  /** Printable tokens of all ids above. */
  readonly tokens: ReadonlyMap<number, string>;
}

/** Replaces what was collected before. Throws Fault where it can't be written. */
export async function writeFeatures(folder: string, collected: CollectedFeatures): Promise<void> {
  const { description, counts, logits } = collected;
  const { features } = description;
  const tensors: TensorToWrite[] = [
    ...[vector('active', counts.active), vector('mean', counts.mean)],
    ...[vector('largest', counts.largest), vector('step', counts.step)],
    { name: 'counts', shape: [features, BINS], data: counts.counts },
    ...contextTensors(collected),
    ...listTensors('windows', collected.windows),
    ...(logits === null
      ? []
      : [
          { name: 'logits.ids', shape: [features, 2 * logits.top], data: logits.ids },
          { name: 'logits.values', shape: [features, 2 * logits.top], data: logits.values },
        ]),
    jsonTensor('tokens', Object.fromEntries(collected.tokens)),
  ];
  const metadata = { [DESCRIPTION]: JSON.stringify(description) };
  await writeSafetensors(join(folder, FEATURES), tensors, metadata, { overwrite: true });
}

function contextTensors({ contexts }: CollectedFeatures): TensorToWrite[] {
  const { start, values } = contexts;
  return [
    vector('contexts.start', start),
    ...columns.map((name) => vector(`contexts.${name}`, contexts[name])),
    ...[vector('values.start', values.start), vector('values.at', values.at), vector('values.value', values.value)],
  ];
}

function vector(name: string, data: Int32Array | Float32Array): TensorToWrite {
  return { name, shape: [data.length], data };
}

function listTensors(name: string, lists: readonly (readonly number[])[]): TensorToWrite[] {
  const starts = new Int32Array(lists.length + 1);
  lists.forEach((list, i) => (starts[i + 1] = (starts[i] as number) + list.length));
  return [vector(`${name}.start`, starts), vector(`${name}.ids`, Int32Array.from(lists.flat()))];
}

function jsonTensor(name: string, value: unknown): TensorToWrite {
  const data = new TextEncoder().encode(JSON.stringify(value));
  return { name, shape: [data.length], data };
}

export interface FeatureStatistics {
  readonly rows: number;
  /** [F] rows on which each is active. */
  readonly active: Int32Array;
  /** [F] mean activation of those rows; 0 where there are none. */
  readonly mean: Float32Array;
  /** [F] */
  readonly largest: Float32Array;
}

/** Null where nothing was collected of this dictionary. Throws Fault for a file that is not sound. */
export async function readFeatureStatistics(folder: string): Promise<FeatureStatistics | null> {
  const store = await FeatureStore.open(folder);
  return store === null ? null : store.statistics();
}

/** Token ids of all of them, and where each begins. */
interface Windows {
  readonly start: Int32Array;
  readonly ids: Int32Array;
}

/** An open file of collected features. */
export class FeatureStore {
  readonly description: FeaturesFile;
  readonly #path: string;
  readonly #tensors: ReadonlyMap<string, StoredTensor>;
  #tokens: Promise<ReadonlyMap<number, string>> | null = null;
  #windows: Promise<Windows> | null = null;

  private constructor(path: string, { tensors }: SafetensorsFile, description: FeaturesFile) {
    this.#path = path;
    this.#tensors = tensors;
    this.description = description;
  }

  /** Null where nothing was collected of this dictionary. */
  static async open(folder: string): Promise<FeatureStore | null> {
    const path = join(folder, FEATURES);
    if ((await stat(path).catch(() => null)) === null) return null;
    const file = await readSafetensors(path);
    const description = descriptionOf(file, path);
    const { created, features } = await readCard(folder);
    const isItsOwn = description.dictionary === created && description.features === features;
    return isItsOwn ? new FeatureStore(path, file, description) : null;
  }

  async statistics(): Promise<FeatureStatistics> {
    const { features, text } = this.description;
    return {
      rows: text.rows,
      active: await this.#integers('active', 0, features),
      mean: await this.#floats('mean', 0, features),
      largest: await this.#floats('largest', 0, features),
    };
  }

  async activity(feature: number): Promise<NonNullable<FeatureCard['activity']>> {
    const [active] = await this.#integers('active', feature, feature + 1);
    const [mean] = await this.#floats('mean', feature, feature + 1);
    const [largest] = await this.#floats('largest', feature, feature + 1);
    const [step] = await this.#floats('step', feature, feature + 1);
    const counts = await this.#integers('counts', feature * BINS, (feature + 1) * BINS);
    const { rows } = this.description.text;
    return {
      ...{ rows, active: active ?? 0, mean: mean ?? 0, largest: largest ?? 0 },
      histogram: trimmed([...counts], step ?? 0),
    };
  }

  /** Strongest first, then by quarter. */
  async contexts(feature: number): Promise<FeatureCard['contexts']> {
    const [first = 0, last = 0] = await this.#integers('contexts.start', feature, feature + 2);
    const read = await Promise.all(columns.map((name) => this.#integers(`contexts.${name}`, first, last)));
    const values = await this.#values(first, last);
    const [texts, windows] = [await this.tokens(), await this.#allWindows()];
    return Array.from({ length: last - first }, (_, i) => {
      const [group = 0, window = 0, from = 0, to = 0, at = 0, part = 0, source = 0] = read.map((list) => list[i]);
      const start = windows.start[window] ?? 0;
      return {
        group: contextGroups[group] ?? 'strongest',
        tokens: [...windows.ids.subarray(start + from, start + to)].map((id) => texts.get(id) ?? `#${id}`),
        values: values(i, to - from),
        at: at - from,
        source: this.#sourceOf(source, part),
      };
    });
  }

  /** Tokens that one unit of the feature writes up and down, as they were found when it was collected. */
  async logits(feature: number): Promise<FeatureCard['logits']> {
    const { logits } = this.description;
    if (logits === null) return null;
    const size = 2 * logits.top;
    const ids = await this.#integers('logits.ids', feature * size, (feature + 1) * size);
    const values = await this.#floats('logits.values', feature * size, (feature + 1) * size);
    const texts = await this.tokens();
    const all = [...ids].map((id, i) => ({ id, text: texts.get(id) ?? `#${id}`, value: values[i] ?? 0 }));
    return { up: all.slice(0, logits.top), down: all.slice(logits.top), note: logits.note };
  }

  tokens(): Promise<ReadonlyMap<number, string>> {
    this.#tokens ??= this.#readTokens();
    return this.#tokens;
  }

  async #readTokens(): Promise<ReadonlyMap<number, string>> {
    const bytes = await readStored(this.#tensor('tokens'));
    const texts = validate(tokenTexts, JSON.parse(new TextDecoder().decode(bytes)), this.#path);
    return new Map(Object.entries(texts).map(([id, text]) => [Number(id), text]));
  }

  /** Read once: cards of many features share them. */
  #allWindows(): Promise<Windows> {
    this.#windows ??= this.#readWindows();
    return this.#windows;
  }

  async #readWindows(): Promise<Windows> {
    const whole = (name: string) => this.#integers(name, 0, this.#tensor(name).length / 4);
    return { start: await whole('windows.start'), ids: await whole('windows.ids') };
  }

  /** Of contexts [first, last): the values of the i-th of them, [tokens]. */
  async #values(first: number, last: number): Promise<(i: number, length: number) => Float32Array> {
    const starts = await this.#integers('values.start', first, last + 1);
    const [from, to] = [starts[0] ?? 0, starts.at(-1) ?? 0];
    const places = await this.#integers('values.at', from, to);
    const found = await this.#floats('values.value', from, to);
    return (i, length) => {
      const values = new Float32Array(length);
      for (let entry = (starts[i] ?? 0) - from; entry < (starts[i + 1] ?? 0) - from; entry++) {
        values[places[entry] as number] = found[entry] as number;
      }
      return values;
    };
  }

  #sourceOf(source: number, part: number): string {
    const name = this.description.sources[source] ?? '';
    const rowName = this.description.parts[part];
    return rowName === undefined ? name : `${name}, ${rowName}`;
  }

  #integers(name: string, from: number, to: number): Promise<Int32Array> {
    return this.#slice(name, 'I32', from, to).then((buffer) => new Int32Array(buffer));
  }

  #floats(name: string, from: number, to: number): Promise<Float32Array> {
    return this.#slice(name, 'F32', from, to).then((buffer) => new Float32Array(buffer));
  }

  /** Values [from, to) of a tensor. */
  async #slice(name: string, type: 'I32' | 'F32', from: number, to: number): Promise<ArrayBuffer> {
    const stored = this.#tensor(name);
    const [offset, length] = [stored.offset + 4 * from, 4 * (to - from)];
    if (stored.type !== type || from > to || 4 * to > stored.length) {
      const got = `${stored.type} of ${stored.length / 4} values`;
      throw new Fault({ what: `tensor ${name}`, where: this.#path, expected: `${type}, values ${from} to ${to}`, got });
    }
    if (length === 0) return new ArrayBuffer(0);
    const bytes = await readStored({ ...stored, offset, length });
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + length) as ArrayBuffer;
  }

  #tensor(name: string): StoredTensor {
    const found = this.#tensors.get(name);
    if (found === undefined) throw new Fault({ what: `tensor ${name}`, where: this.#path, got: 'none' });
    return found;
  }
}

/** Bins from the first that is not empty, or 0, to the last. */
function trimmed(
  counts: readonly number[],
  step: number,
): { readonly edges: readonly number[]; readonly counts: readonly number[] } {
  const filled = counts.flatMap((count, bin) => (count > 0 ? [bin] : []));
  if (filled.length === 0) return { edges: [], counts: [] };
  const [first, last] = [Math.min(BINS / 2, ...filled), Math.max(...filled)];
  const edges = Array.from({ length: last - first + 2 }, (_, i) => (first + i - BINS / 2) * step);
  return { edges, counts: counts.slice(first, last + 1) };
}

function descriptionOf({ metadata }: SafetensorsFile, where: string): FeaturesFile {
  const text = metadata[DESCRIPTION];
  if (text === undefined) {
    throw new Fault({ what: 'not collected features of Headscope', where, expected: `metadata ${DESCRIPTION}` });
  }
  return validate(featuresFile, parsed(text, where), where);
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault({ what: 'the description is not JSON', where, got: text.slice(0, 80) });
  }
}
