/**
 * Why is a feature active at a position? Direct feature attribution (Kissane et al. 2024): with the attention patterns held, the
 * pre-activation of a feature on attention is a sum over heads and source tokens,
 *
 *     p = sum over h and k of  pattern_h[q, k]  v_k . R_h  +  bias,     R_h what reads p from z of head h
 *
 * and v_k in turn a sum over the parts of the source's stream, the norm before attention held at its divisor there. All sums are
 * exact but for rounding, which is reported.
 */
import type { Activations, Capture, Model } from '../../engine/run/index.ts';
import { changedStream, readHeadMatrices } from '../../engine/scores/weights/headMatrices.ts';
import { spreadOf } from '../../engine/scores/weights/norms.ts';
import { readProjectionBiases } from '../../engine/scores/weights/projectionBiases.ts';
import { axisSize } from '../../engine/tensor/tensor.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { captureFor } from '../activations/siteRows.ts';
import type { Dictionary } from '../dictionary.ts';
import { describeInput } from '../input.ts';
import type { DictionaryProgram } from '../inference/dictionaryProgram.ts';
import { rowAt } from '../rows.ts';
import { AttentionReads } from './attentionReads.ts';
import type { EncodedPrompt } from './encodePrompt.ts';
import { encodePrompt, largestOf } from './encodePrompt.ts';
import type { RowPlace } from './featurePlace.ts';
import { rowPlaces } from './featurePlace.ts';
import type { ModelReader } from './modelReader.ts';
import { modelReader } from './modelReader.ts';
import { preActivation } from './preActivation.ts';
import { product } from '../product.ts';
import { scoreReadings } from './scoreParts.ts';
import type { StreamPart, StreamPlace, StreamReading } from './streamParts.ts';
import { partsCapture, streamParts, vectorAt } from './streamParts.ts';
import type { NamedProgram, ThroughFeature } from './throughFeatures.ts';
import { ThroughFeatures } from './throughFeatures.ts';

export interface AttributionRequest {
  readonly feature: number;
  readonly ids: readonly number[];
  readonly position: number;
  /** Of the rows of the token, where there are several (default: the one where the feature is most active). */
  readonly part?: number;
  /** Dictionaries of earlier layers. */
  readonly through: readonly NamedProgram[];
  readonly signal?: AbortSignal;
}

export interface PositionedPart extends StreamPart {
  readonly position: number;
}

export interface Attribution {
  readonly preActivation: number;
  readonly activation: number;
  readonly bias: number;
  readonly difference: number;
  readonly layer: number;
  readonly heads: readonly number[];
  /** [heads, positions] */
  readonly bySource: Float32Array;
  /** Largest first; null where the stream is not only added to. */
  readonly byPart: readonly PositionedPart[] | null;
  readonly query: {
    readonly head: number;
    readonly source: number;
    readonly score: number;
    readonly parts: readonly (StreamPart & { readonly side: 'query' | 'key' })[];
  } | null;
  readonly features: readonly ThroughFeature[];
  /** What all features of earlier dictionaries give, those that are not listed too. */
  readonly featuresTotal: number;
  readonly notes: readonly string[];
}

/** Throws Fault for a position that is not there, a dictionary of means over positions, and one to go through that comes later. */
export async function attributeFeature(
  model: Model,
  program: DictionaryProgram,
  request: AttributionRequest,
): Promise<Attribution> {
  const { dictionary } = program;
  checkRequest(model, dictionary, request);
  const encoded = await encodePrompt(model, program, request);
  const { row, place } = strongestRow(model, dictionary, encoded, request);
  const split = preActivation(dictionary, request.feature, rowAt(encoded.rows, row));
  const scene = await sceneOf(model, dictionary, request, place);
  const own = await modelReader(model, dictionary.input, split.reader, row % encoded.perToken);
  const sources = isAttention(dictionary) ? await sourceSplit(scene, own) : null;
  const stream = await streamSplit(scene, own.reader, sources);
  const bias = split.bias + (sources?.constant ?? 0);
  const explained = sources === null ? sumOf(stream.parts ?? []) : sumOfAll(sources.values);
  return {
    ...{ preActivation: split.value, activation: largestOf(encoded.codes, row, 1).get(request.feature) ?? 0 },
    ...{ bias, difference: Math.abs(bias + explained - split.value) },
    ...{ layer: place.layer, heads: sources?.heads ?? [] },
    bySource: Float32Array.from(sources?.values ?? []),
    byPart: stream.parts,
    query: stream.query,
    ...{ features: stream.features, featuresTotal: stream.featuresTotal },
    notes: [...(encoded.perToken > 1 ? [rowNote(place)] : []), ...split.notes, ...stream.notes],
  };
}

/** Values of a pattern that may be held: 512 MB. */
const PATTERN = 2 ** 27;

function checkRequest(model: Model, dictionary: Dictionary, { ids, position, through }: AttributionRequest): void {
  if (position >= ids.length) {
    throw new Fault({ what: 'position out of range', expected: `0 to ${ids.length - 1}`, got: `${position}` });
  }
  for (const { input } of [dictionary, ...through.map(({ program }) => program.dictionary)]) {
    if (input.rows !== 'token') {
      throw new Fault({
        what: 'attribution',
        where: describeInput(input),
        expected: 'a dictionary with a row a token',
      });
    }
  }
  const { heads } = model.family.shape;
  if (isAttention(dictionary) && heads * ids.length ** 2 > PATTERN) {
    const expected = `at most ${Math.floor(Math.sqrt(PATTERN / heads))} tokens`;
    throw new Fault({ what: 'prompt too long for attribution', expected, got: `${ids.length}` });
  }
}

/** Does attention give the site its values? */
function isAttention({ input }: Pick<Dictionary, 'input'>): boolean {
  return input.site === 'z' || input.site === 'headWrite' || input.site === 'attnOut';
}

/** Of the rows of a token the one with the largest activation; the first where none is active. */
function strongestRow(
  model: Model,
  { input }: Dictionary,
  { codes, perToken }: EncodedPrompt,
  { position, feature, part: asked }: AttributionRequest,
): { readonly row: number; readonly place: RowPlace } {
  const first = position * perToken;
  const values = Array.from({ length: perToken }, (_, i) => largestOf(codes, first + i, 1).get(feature) ?? 0);
  const part = asked ?? values.indexOf(Math.max(...values));
  return { row: first + part, place: rowPlaces(input, model)[part] as RowPlace };
}

function rowNote({ layer, head }: RowPlace): string {
  const where = head === null ? `layer ${layer}` : `L${layer}H${head}`;
  return `of the rows of this token, the one of ${where} is split: the feature is most active there`;
}

/** A feature at a position, with the values of the model that it comes of. */
interface Scene {
  readonly model: Model;
  readonly dictionary: Dictionary;
  readonly request: AttributionRequest;
  readonly place: RowPlace;
  readonly activations: Activations;
  /** Up to where the stream was written; null where the site is not in it. */
  readonly stream: StreamPlace | null;
}

async function sceneOf(
  model: Model,
  dictionary: Dictionary,
  request: AttributionRequest,
  place: RowPlace,
): Promise<Scene> {
  const { ids, through, signal } = request;
  const layers = [place.layer];
  const stream = streamPlace(dictionary, place);
  const attention = ['residPre', 'q', 'k', 'v', 'pattern', 'z'] as const;
  const capture = mergedCaptures([
    { site: dictionary.input.site, layers },
    ...(isAttention(dictionary) ? attention.map((site) => ({ site, layers })) : []),
    ...(stream === null || changedStream(model.family) !== null ? [] : partsCapture(model, stream)),
    ...through.flatMap(({ program }) => captureFor([program.dictionary.input], model.family)),
  ]);
  const asked = { ids: [ids], capture, logits: 'none' } as const;
  const activations = await model.forward(signal === undefined ? asked : { ...asked, signal });
  return { ...{ model, dictionary, request, place, activations }, stream };
}

/** Up to where the stream was written that a row is made of; null where it is not in the stream. */
export function streamPlace({ input: { site } }: Pick<Dictionary, 'input'>, { layer }: RowPlace): StreamPlace | null {
  if (site === 'mlpOut') return null;
  if (site === 'residMid') return { layer, after: 'attention' };
  return { layer, after: site === 'residPost' ? 'mlp' : 'nothing' };
}

/** Each site once. */
function mergedCaptures(captures: readonly Capture[]): Capture[] {
  const layers = new Map<Capture['site'], Set<number>>();
  for (const { site, layers: own } of captures) {
    layers.set(site, new Set([...(layers.get(site) ?? []), ...(own ?? [])]));
  }
  return [...layers].map(([site, own]) =>
    own.size === 0 ? { site } : { site, layers: [...own].sort((a, b) => a - b) },
  );
}

interface SourceSplit {
  readonly heads: readonly number[];
  /** By head, [H] what reads the pre-activation from its values, and what it reads of a value bias that is folded away. */
  readonly readers: readonly Float64Array[];
  readonly shifts: readonly number[];
  /** [heads, positions] */
  readonly values: Float64Array;
  /** What is no token's. */
  readonly constant: number;
}

async function sourceSplit(scene: Scene, own: ModelReader): Promise<SourceSplit> {
  const { heads, readers, shifts, constant } = await headReaders(scene, own);
  const { activations, place, request, model } = scene;
  const v = activations.get('v', place.layer);
  const positions = request.ids.length;
  const values = new Float64Array(heads.length * positions);
  heads.forEach((head, i) => {
    const weights = patternRow(scene, head);
    const group = groupOf(model, head);
    for (let k = 0; k < positions; k++) {
      if (weights[k] === 0) continue;
      const value = headOf(vectorAt(v, k), group, model.family.shape.kvHeads);
      const read = product(value, readers[i] as Float64Array) + (shifts[i] as number);
      values[i * positions + k] = (weights[k] as number) * read;
    }
  });
  return { heads, readers, shifts, values, constant };
}

/** What reads the pre-activation from z of each head. */
async function headReaders(
  { model, dictionary, activations, place, request }: Scene,
  { reader, shift }: ModelReader,
): Promise<Omit<SourceSplit, 'values'>> {
  const { site } = dictionary.input;
  const count = model.family.shape.heads;
  const heads = place.head === null ? Array.from({ length: count }, (_, head) => head) : [place.head];
  const shifts = heads.map((_, i) => sumOfAll(headOf(shift, i, heads.length)));
  if (site === 'z') {
    return { heads, readers: heads.map((_, i) => headOf(reader, i, heads.length)), shifts, constant: 0 };
  }
  const attention = await AttentionReads.of(model, place.layer);
  const z = vectorAt(activations.get('z', place.layer), request.position);
  const found = site === 'attnOut' ? attention.of(z, reader) : { ...attention.ofWrites(reader), constant: 0 };
  return { heads, readers: heads.map((head) => headOf(found.heads, head, count)), shifts, constant: found.constant };
}

function sumOfAll(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** [positions] */
function patternRow({ activations, place, request }: Scene, head: number): Float32Array {
  const pattern = activations.get('pattern', place.layer);
  const [queries, keys] = [axisSize(pattern, 'P'), axisSize(pattern, 'K')];
  const at = (head * queries + request.position) * keys;
  return pattern.data.subarray(at, at + keys);
}

function groupOf({ family }: Model, head: number): number {
  return Math.floor((head * family.shape.kvHeads) / family.shape.heads);
}

/** Entries of one of `count` heads side by side. */
function headOf<T extends Float32Array | Float64Array>(all: T, head: number, count: number): T {
  const width = all.length / count;
  return all.subarray(head * width, (head + 1) * width) as T;
}

interface StreamSplit {
  readonly parts: readonly PositionedPart[] | null;
  readonly query: Attribution['query'];
  readonly features: readonly ThroughFeature[];
  readonly featuresTotal: number;
  readonly notes: readonly string[];
}

async function streamSplit(scene: Scene, reader: Float64Array, sources: SourceSplit | null): Promise<StreamSplit> {
  const { model, dictionary, activations, request, place, stream } = scene;
  const changed = changedStream(model.family);
  if (changed !== null && dictionary.input.site !== 'mlpOut') {
    const notes = [`parts of the stream can't be told apart: ${changed}`];
    return { parts: null, query: null, features: [], featuresTotal: 0, notes };
  }
  if (stream === null) {
    const value = product(vectorAt(activations.get('mlpOut', place.layer), request.position), reader);
    const parts = [{ part: `L${place.layer}MLP`, position: request.position, value }];
    const notes = ['what an MLP gives is no sum over tokens or parts'];
    return { parts, query: null, features: [], featuresTotal: 0, notes };
  }
  const whole = { position: request.position, reader, constant: 0 };
  const read = sources === null ? [whole] : await sourceReadings(scene, sources);
  const scored = sources === null ? null : await strongestScore(scene, sources);
  const through = await ThroughFeatures.of(model, request, activations, stream);
  const readings = [...read, ...(scored === null ? [] : scored.readings)];
  read.forEach(({ position, reader: own }) => through.readStream(position, own));
  const found = await streamParts(model, activations, stream, readings, (layer, i, attention) => {
    if (i < read.length) through.readAttention(layer, (read[i] as StreamReading).position, attention);
  });
  return {
    parts: shortened([...read.flatMap((one, i) => positioned(one, found[i] ?? [])), ...restOf(scene, sources, read)]),
    query: scored === null ? null : scored.result(found.slice(read.length)),
    ...{ features: through.strongest(FEATURES), featuresTotal: through.total() },
    notes: [...(scored?.notes ?? []), ...unsplitNote(sources, read)],
  };
}

/** Sources whose stream is split: those with the largest sums of |values|. */
const SOURCES = 64;
/** Parts and features that are given. */
const PARTS = 1000;
const FEATURES = 200;

interface SourceReading extends StreamReading {
  /** What comes of biases. */
  readonly constant: number;
}

/** y_k = sum over heads of pattern_h[q, k] W_V,h^T R_h / s_k, W_V with the linear part of the norm before attention. */
async function sourceReadings(scene: Scene, sources: SourceSplit): Promise<SourceReading[]> {
  const { model, activations, place } = scene;
  const { norm } = model.family.description.block(place.layer).attention;
  const { values } = await readHeadMatrices(model, place.layer);
  const biases = await readProjectionBiases(model, place.layer);
  const width = axisSize(values, 'D');
  const ofHeads = sources.heads.map((head, i) => {
    const [group, reads] = [groupOf(model, head), sources.readers[i] as Float64Array];
    const matrix = headOf(values.data, group, axisSize(values, 'G'));
    const bias = product(headOf(biases.values, group, axisSize(values, 'G')), reads);
    const constant = bias + (sources.shifts[i] as number);
    return { weights: patternRow(scene, head), constant, reader: transposedProduct(matrix, reads, width) };
  });
  return strongestSources(sources).map((position) => {
    const by = norm === null ? 1 : spreadOf(vectorAt(activations.get('residPre', place.layer), position), norm);
    const reader = new Float64Array(width);
    let constant = 0;
    for (const head of ofHeads) {
      const weight = head.weights[position] as number;
      constant += weight * head.constant;
      head.reader.forEach((value, d) => (reader[d] = (reader[d] as number) + (weight * value) / by));
    }
    return { position, reader, constant };
  });
}

function strongestSources({ heads, values }: SourceSplit): number[] {
  const positions = values.length / heads.length;
  const sums = Array.from({ length: positions }, (_, k) =>
    heads.reduce((sum, _head, i) => sum + Math.abs(values[i * positions + k] as number), 0),
  );
  return [...sums.keys()]
    .filter((k) => (sums[k] as number) > 0)
    .sort((a, b) => (sums[b] as number) - (sums[a] as number))
    .slice(0, SOURCES);
}

/** [H D], [H] -> [D] */
function transposedProduct(matrix: Float32Array, reads: Float64Array, width: number): Float64Array {
  const result = new Float64Array(width);
  reads.forEach((value, h) => {
    for (let d = 0; d < width; d++) result[d] = (result[d] as number) + value * (matrix[h * width + d] as number);
  });
  return result;
}

function positioned({ position, constant }: SourceReading, parts: readonly StreamPart[]): PositionedPart[] {
  const biases = constant === 0 ? [] : [{ part: 'value bias', position, value: constant }];
  return [...parts.map((part) => ({ position, ...part })), ...biases];
}

/** Sources that were not split, whole. */
function restOf({ request }: Scene, sources: SourceSplit | null, read: readonly StreamReading[]): PositionedPart[] {
  if (sources === null || read.length < SOURCES) return [];
  const [split, positions] = [new Set(read.map(({ position }) => position)), request.ids.length];
  return Array.from({ length: positions }, (_, position) => ({
    ...{ part: 'stream', position },
    value: sources.heads.reduce((sum, _head, i) => sum + (sources.values[i * positions + position] as number), 0),
  })).filter(({ position, value }) => value !== 0 && !split.has(position));
}

function unsplitNote(sources: SourceSplit | null, read: readonly StreamReading[]): string[] {
  if (sources === null || read.length < SOURCES) return [];
  return [`the streams of the ${SOURCES} strongest sources are split, the others stand whole as "stream"`];
}

/** Largest first; what is beyond the longest list, together by position. */
function shortened(parts: readonly PositionedPart[]): PositionedPart[] {
  const sorted = parts.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const rest = new Map<number, number>();
  for (const { position, value } of sorted.slice(PARTS)) rest.set(position, (rest.get(position) ?? 0) + value);
  return [
    ...sorted.slice(0, PARTS),
    ...[...rest].map(([position, value]) => ({ part: 'smaller parts', position, value })),
  ];
}

function sumOf(parts: readonly StreamPart[]): number {
  return parts.reduce((sum, { value }) => sum + value, 0);
}

interface StrongestScore {
  /** Of the query's stream, then of the key's. */
  readonly readings: readonly StreamReading[];
  readonly notes: readonly string[];
  result(parts: readonly (readonly StreamPart[])[]): NonNullable<Attribution['query']>;
}

/** The score of the head and source with the largest |value|. */
async function strongestScore(scene: Scene, { heads, values }: SourceSplit): Promise<StrongestScore> {
  const { model, activations, place, request } = scene;
  const positions = request.ids.length;
  const largest = values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best] as number) ? i : best), 0);
  const [head, source] = [heads[Math.floor(largest / positions)] as number, largest % positions];
  const found = await scoreReadings(model, activations, {
    ...{ layer: place.layer, head, ids: request.ids },
    ...{ query: request.position, key: source },
  });
  return {
    readings: [
      { position: request.position, reader: found.query },
      { position: source, reader: found.key },
    ],
    notes: found.notes,
    result: ([ofQuery = [], ofKey = []]) => ({
      ...{ head, source, score: found.score },
      parts: [...sideParts('query', ofQuery, found.queryConstant), ...sideParts('key', ofKey, found.keyConstant)],
    }),
  };
}

function sideParts(side: 'query' | 'key', parts: readonly StreamPart[], constant: number) {
  const all = constant === 0 ? parts : [...parts, { part: 'biases', value: constant }];
  return all.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)).map((part) => ({ side, ...part }));
}
