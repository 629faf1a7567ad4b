/**
 * A head's score of one query and one key, split among the parts of either stream (QK attribution): with divisors of norms and the
 * turning of positions held, score = scale q' . k' is linear in the query's stream when the key is held, and the other way round.
 * Each side's parts add up to the score; before a soft cap, and without a position bias.
 */
import type { Norm } from '../../engine/arch/parts/norms.ts';
import { makeBatch, rotaryFeeds } from '../../engine/run/batch.ts';
import type { Activations, Model } from '../../engine/run/index.ts';
import { projectionsOf } from '../../engine/scores/weights/headMatrices.ts';
import type { Affine } from '../../engine/scores/weights/norms.ts';
import { affineOf, foldReading, gainOf, spreadOf } from '../../engine/scores/weights/norms.ts';
import { readProjectionBiases } from '../../engine/scores/weights/projectionBiases.ts';
import { readWeight } from '../../engine/scores/weights/readWeight.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { axisSize } from '../../engine/tensor/tensor.ts';
import { product } from '../product.ts';
import { vectorAt } from './streamParts.ts';

export interface ScorePlace {
  readonly layer: number;
  readonly head: number;
  /** Positions of the query and of the key. */
  readonly query: number;
  readonly key: number;
  readonly ids: readonly number[];
}

export interface ScoreReadings {
  readonly score: number;
  /** [D] what reads the score from the stream of the query, and of the key. */
  readonly query: Float64Array;
  readonly key: Float64Array;
  /** What each side's reading leaves out: biases, position tables. */
  readonly queryConstant: number;
  readonly keyConstant: number;
  readonly notes: readonly string[];
}

/** Needs residPre, q and k of the layer. */
export async function scoreReadings(model: Model, activations: Activations, place: ScorePlace): Promise<ScoreReadings> {
  const { attention } = model.family.description.block(place.layer);
  const { part } = attention;
  const sides = await sidesOf(model, activations, place);
  const query = sides.turned('query');
  const key = sides.turned('key');
  const read = (side: 'query' | 'key') =>
    sides.reading(
      side,
      (side === 'query' ? key : query).map((value) => value * part.scale),
    );
  const [ofQuery, ofKey] = [read('query'), read('key')];
  return {
    score: part.scale * product(query, key),
    ...{ query: ofQuery.reader, queryConstant: ofQuery.constant },
    ...{ key: ofKey.reader, keyConstant: ofKey.constant },
    notes: [
      ...(part.softCap === null ? [] : ['the score is split before its soft cap']),
      ...(part.alibi === null ? [] : ['the score is split without the bias of the distance']),
      ...(part.queryNorm === null && part.keyNorm === null
        ? []
        : ['the norms of queries and keys are held at their values']),
    ],
  };
}

type SideName = 'query' | 'key';

interface Side {
  /** [H] before the head norm and the turning. */
  readonly projected: Float64Array;
  readonly norm: HeldNorm | null;
  readonly turn: (x: Float64Array, back: boolean) => Float64Array;
  /** [H D] with the linear part of the norm before attention. */
  readonly matrix: Float32Array;
  /** [H] */
  readonly bias: Float64Array;
  /** [H] of a table of positions. */
  readonly positions: Float64Array | null;
  /** Divisor of the norm before attention. */
  readonly spread: number;
}

/** y = x slope + shift */
interface HeldNorm {
  readonly slope: Float64Array;
  readonly shift: Float64Array;
}

class Sides {
  readonly #sides: Readonly<Record<SideName, Side>>;

  constructor(sides: Readonly<Record<SideName, Side>>) {
    this.#sides = sides;
  }

  /** q' or k' [H]. */
  turned(name: SideName): Float64Array {
    const { projected, norm, turn } = this.#sides[name];
    const normed = norm === null ? projected : projected.map((x, h) => x * at(norm.slope, h) + at(norm.shift, h));
    return turn(normed, false);
  }

  /** What w . q' is of the stream, w [H]. */
  reading(name: SideName, w: Float64Array): { readonly reader: Float64Array; readonly constant: number } {
    const { norm, turn, matrix, bias, positions, spread } = this.#sides[name];
    const back = turn(w, true);
    const reads = norm === null ? back : back.map((value, h) => value * at(norm.slope, h));
    const width = matrix.length / reads.length;
    const reader = new Float64Array(width);
    reads.forEach((value, h) => {
      for (let d = 0; d < width; d++) reader[d] = at(reader, d) + (value * at(matrix, h * width + d)) / spread;
    });
    const shift = norm === null ? 0 : product(back, norm.shift);
    const table = positions === null ? 0 : product(reads, positions);
    return { reader, constant: shift + table + product(reads, bias) };
  }
}

async function sidesOf(model: Model, activations: Activations, place: ScorePlace): Promise<Sides> {
  const { family, files } = model;
  const { attention } = family.description.block(place.layer);
  const { part, norm } = attention;
  const raw = await projectionsOf(files, part.projections);
  const biases = await readProjectionBiases(model, place.layer);
  const gain = await gainOf(files, norm);
  const table = part.positions === null ? null : await readWeight(files, part.positions);
  const group = Math.floor((place.head * family.shape.kvHeads) / family.shape.heads);
  const side = async (
    matrices: Tensor,
    bias: Float64Array,
    all: Float32Array,
    headNorm: Norm | null,
    { index, position }: { readonly index: number; readonly position: number },
  ): Promise<Side> => {
    const [entries, width] = [axisSize(matrices, 'H'), axisSize(matrices, 'D')];
    const [from, to] = [index * entries, (index + 1) * entries];
    const stored = matrices.data.slice(from * width, to * width);
    const matrix = stored.slice();
    foldReading(matrix, width, norm, gain);
    const stream = vectorAt(activations.get('residPre', place.layer), position);
    return {
      projected: Float64Array.from(all.subarray(from, to)),
      norm: headNorm === null ? null : heldNorm(headNorm, await affineOf(files, headNorm), all, index, entries),
      turn: turning(model, place, position),
      ...{ matrix, bias: bias.subarray(from, to) },
      positions: table === null ? null : projectedRow(stored, table, position),
      spread: norm === null ? 1 : spreadOf(stream, norm),
    };
  };
  const q = vectorAt(activations.get('q', place.layer), place.query);
  const k = vectorAt(activations.get('k', place.layer), place.key);
  return new Sides({
    query: await side(raw.queries, biases.queries, q, part.queryNorm, { index: place.head, position: place.query }),
    key: await side(raw.keys, biases.keys, k, part.keyNorm, { index: group, position: place.key }),
  });
}

/** A norm over a head's entries, or over all heads together, at its mean and divisor. */
function heldNorm(norm: Norm, { gain, bias }: Affine, all: Float32Array, index: number, entries: number): HeldNorm {
  const own = norm.over === 'H' ? all.subarray(index * entries, (index + 1) * entries) : all;
  const spread = spreadOf(own, norm);
  const mean = norm.kind === 'layer' ? own.reduce((sum, value) => sum + value, 0) / own.length : 0;
  // One gain for all heads, or each its own.
  const ofEntry = (list: Float32Array | null, h: number, otherwise: number) =>
    list === null ? otherwise : at(list, list.length === entries ? h : index * entries + h);
  const slope = Float64Array.from({ length: entries }, (_, h) => ofEntry(gain, h, 1) / spread);
  const shift = slope.map((value, h) => ofEntry(bias, h, 0) - mean * value);
  return { slope, shift };
}

/** Rotary at a position, or its inverse times its scale squared: the transpose (Su et al. 2021). */
function turning({ family }: Model, { layer, ids }: ScorePlace, position: number): Side['turn'] {
  const { rotary } = family.description.block(layer).attention.part;
  const kind = family.rotaryKinds[family.rotaryOf(layer) ?? -1];
  if (rotary === null || kind === undefined) return (x) => x;
  const { cos, sin } = rotaryFeeds(makeBatch([ids], family, 'right'), kind, [position]);
  const half = cos.data.length;
  return (x, back) => {
    const turned = x.slice();
    for (let j = 0; j < half; j++) {
      const [first, second] = rotary.interleaved ? [2 * j, 2 * j + 1] : [j, j + half];
      const [c, s] = [Number(cos.data[j]), Number(sin.data[j]) * (back ? -1 : 1)];
      turned[first] = at(x, first) * c - at(x, second) * s;
      turned[second] = at(x, second) * c + at(x, first) * s;
    }
    return turned;
  };
}

/** W p of a table's row, without the norm before attention, which comes before it is added. */
function projectedRow(matrix: Float32Array, table: Tensor, position: number): Float64Array {
  const width = axisSize(table, 'D');
  const row = table.data.subarray(position * width, (position + 1) * width);
  return Float64Array.from({ length: matrix.length / width }, (_, h) =>
    product(matrix.subarray(h * width, (h + 1) * width), row),
  );
}

function at(values: ArrayLike<number>, i: number): number {
  return values[i] as number;
}
