/**
 * What features of earlier layers' dictionaries give to a reading of the stream (recursive direct feature attribution, Kissane et
 * al. 2024): the feature writes f_g d_g into its site at the source, which is read like any other write. What a dictionary does not
 * explain, and its bias, are no feature's and stand in the parts alone.
 */
import type { Activations, Model } from '../../engine/run/index.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { inputRows } from '../activations/inputRows.ts';
import { placeRows } from '../activations/siteRows.ts';
import type { Codes } from '../codes.ts';
import type { Dictionary } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';
import type { DictionaryInput } from '../input.ts';
import { describeInput } from '../input.ts';
import type { DictionaryProgram } from '../inference/dictionaryProgram.ts';
import { rowScales } from '../prepared.ts';
import type { AttentionReading } from './attentionReads.ts';
import type { RowPlace } from './featurePlace.ts';
import { rowPlaces } from './featurePlace.ts';
import { product } from '../product.ts';
import type { StreamPlace } from './streamParts.ts';

export interface NamedProgram {
  readonly name: string;
  readonly program: DictionaryProgram;
}

export interface ThroughFeature {
  readonly dictionary: string;
  readonly feature: number;
  readonly position: number;
  /** Of the rows of the token, where a dictionary reads several. */
  readonly part: number;
  readonly value: number;
}

interface Encoded {
  readonly name: string;
  readonly dictionary: Dictionary;
  readonly places: readonly RowPlace[];
  readonly codes: Codes;
  /** Of each row: a prepared unit is 1 / factor of the model's. */
  readonly factors: Float64Array;
}

export class ThroughFeatures {
  readonly #stream: StreamPlace;
  readonly #encoded: readonly Encoded[];
  readonly #found: ThroughFeature[] = [];

  private constructor(stream: StreamPlace, encoded: readonly Encoded[]) {
    [this.#stream, this.#encoded] = [stream, encoded];
  }

  /** Throws Fault for a dictionary of which nothing lies before that place in the stream. */
  static async of(
    model: Model,
    { ids, through }: { readonly ids: readonly number[]; readonly through: readonly NamedProgram[] },
    activations: Activations,
    stream: StreamPlace,
  ): Promise<ThroughFeatures> {
    const tokens = ids.map((_, position) => ({ row: 0, position }));
    const encoded: Encoded[] = [];
    for (const { name, program } of through) {
      const { dictionary } = program;
      const places = rowPlaces(dictionary.input, model);
      requireEarlier(dictionary.input, places, stream, name);
      const rows = await inputRows(
        model,
        placeRows(activations, dictionary.input, tokens, model.family),
        dictionary.input,
      );
      const { codes } = await program.encode(rows);
      encoded.push({ name, dictionary, places, codes, factors: rowScales(rows, dictionary.input).factors });
    }
    return new ThroughFeatures(stream, encoded);
  }

  /** Dictionaries on what is added to the stream, or on the stream. */
  readStream(position: number, reader: Float64Array): void {
    for (const one of this.#encoded) {
      const { site } = one.dictionary.input;
      if (site !== 'z' && site !== 'headWrite') this.#read(one, position, () => reader);
    }
  }

  /** Dictionaries on the heads of a layer. */
  readAttention(layer: number, position: number, { heads, write }: AttentionReading): void {
    for (const one of this.#encoded) {
      const { site, head } = one.dictionary.input;
      if (site !== 'z' && site !== 'headWrite') continue;
      const width = site === 'z' ? one.dictionary.width : write.length;
      this.#read(one, position, (place) => {
        if (place.layer !== layer) return null;
        if (site === 'headWrite') return write;
        return head === 'concatenated' || place.head === null
          ? heads
          : heads.subarray(place.head * width, (place.head + 1) * width);
      });
    }
  }

  /** Largest |value| first. */
  strongest(count: number): ThroughFeature[] {
    return this.#found.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, count);
  }

  /** Of all features. */
  total(): number {
    return this.#found.reduce((sum, { value }) => sum + value, 0);
  }

  #read(
    { name, dictionary, places, codes, factors }: Encoded,
    position: number,
    readerOf: (place: RowPlace) => Float64Array | null,
  ): void {
    places.forEach((place, part) => {
      const own = isEarlier(dictionary.input, place, this.#stream) ? readerOf(place) : null;
      if (own === null) return;
      const reader = repeated(own, dictionary.width);
      const row = position * places.length + part;
      for (let at = codes.starts[row] as number; at < (codes.starts[row + 1] as number); at++) {
        const feature = codes.indices[at] as number;
        const written = product(decoderRow(dictionary, feature), reader);
        const value = ((codes.values[at] as number) * written) / (factors[row] as number);
        this.#found.push({ dictionary: name, feature, position, part, value });
      }
    });
  }
}

/** Is it part of the stream at that place? */
function isEarlier({ site }: DictionaryInput, { layer }: RowPlace, stream: StreamPlace): boolean {
  if (layer !== stream.layer) return layer < stream.layer;
  if (site === 'residPre') return true;
  if (site === 'mlpOut' || site === 'residPost') return stream.after === 'mlp';
  return stream.after !== 'nothing';
}

/** Is something of what it reads part of the stream at that place? */
export function hasEarlier(input: DictionaryInput, places: readonly RowPlace[], stream: StreamPlace): boolean {
  return places.some((place) => isEarlier(input, place, stream));
}

function requireEarlier(input: DictionaryInput, places: readonly RowPlace[], stream: StreamPlace, where: string): void {
  if (hasEarlier(input, places, stream)) return;
  const expected = `one before ${stream.after === 'nothing' ? '' : `${stream.after} of `}layer ${stream.layer}`;
  throw new Fault({ what: 'dictionary of a later part of the model', where, expected, got: describeInput(input) });
}

function decoderRow(dictionary: Dictionary, feature: number): Float32Array {
  const { width } = dictionary;
  return weightOf(dictionary, 'W_dec').subarray(feature * width, (feature + 1) * width);
}

/** [D] for each of the heads side by side; a vector of the width stays. */
function repeated(reader: Float64Array, width: number): Float64Array {
  if (reader.length === width) return reader;
  return Float64Array.from({ length: width }, (_, i) => reader[i % reader.length] as number);
}
