/** The rows of one batch, and what each score reads of them. */
import type { Feeds } from '../run/ort.ts';
import type { QuerySpan, ReadoutEvent } from '../run/readouts.ts';
import { axisSize } from '../tensor/tensor.ts';
import { bandOf, bandsOf, columnsOf } from './bands.ts';
import { BandSums } from './bandSums.ts';
import type { Copy, HeadScore, ScorePrompt } from './headScore.ts';
import { patternReadout, wantedOf } from './patternReadout.ts';
import { queryReader } from './queryReader.ts';
import { isSummed, ReadFeeds } from './readFeeds.ts';
import { copyReadings } from './repeats.ts';
import type { Add, ScoreBatch } from './scoreBatch.ts';
import { tensorOf } from './tensorOf.ts';

type ReadEvent = Extract<ReadoutEvent, { kind: 'read' }>;

export interface ReadBatchRequest {
  readonly rows: readonly ScorePrompt[];
  /** Those that are read on reordered tokens are passed over. */
  readonly scores: readonly HeadScore[];
  /** Whether the model's own predictions are asked for. */
  readonly predicts: boolean;
  readonly heads: number;
  readonly causal: boolean;
}

export class ReadBatch implements ScoreBatch {
  readonly readout;
  readonly #request: ReadBatchRequest;
  readonly #feeds: ReadFeeds;
  /** By score and row, the queries that count. */
  readonly #queries: readonly (readonly (readonly number[])[])[];
  /** The same, by band. */
  readonly #banded: readonly (readonly ReadonlyMap<number, readonly number[]>[])[];
  readonly #copies: readonly (readonly Copy[])[];
  /** By row. */
  readonly #bands: readonly BandSums[];

  constructor(request: ReadBatchRequest) {
    const { rows, scores, predicts, heads } = request;
    const wanted = wantedOf(scores);
    this.#request = request;
    this.readout = patternReadout(wanted);
    this.#feeds = new ReadFeeds(rows, scores, wanted);
    this.#queries = scores.map((score) => rows.map((prompt) => score.select(prompt).map(({ query }) => query)));
    this.#banded = this.#queries.map((byRow, i) =>
      scores[i]?.reading === 'bands' ? byRow.map((queries) => bandsOf(queries)) : [],
    );
    this.#copies = rows.map((prompt) => (predicts ? copyReadings(prompt) : []));
    this.#bands = wanted.bands ? rows.map(({ ids }) => new BandSums(heads, ids.length)) : [];
  }

  get ids(): readonly (readonly number[])[] {
    return this.#request.rows.map(({ ids }) => ids);
  }

  get logitsAt(): readonly (readonly number[])[] {
    return this.#copies.map((copies) => copies.map(({ query }) => query));
  }

  copiesOf(row: number): readonly Copy[] {
    return this.#copies[row] ?? [];
  }

  feeds(chunk: QuerySpan): Feeds {
    return this.#feeds.of(chunk);
  }

  read(event: ReadEvent, add: Add): void {
    if (this.#request.scores.some(isSummed)) this.#readSums(event, add);
    this.#readQueries(event, add);
    this.#bands.forEach((bands, row) => {
      const { layer, chunk, values } = event;
      bands.add(tensorOf(values, 'bands'), row, bandOf(chunk.from), (...band) => this.#takeBand(layer, row, band, add));
    });
  }

  finish(layer: number, add: Add): void {
    this.#bands.forEach((bands, row) => {
      const columns = bands.finish((...band) => this.#takeBand(layer, row, band, add));
      this.#request.scores.forEach((score, i) => {
        const queries = this.#queriesOf(i, row);
        if (score.reading !== 'columns' || queries.length === 0) return;
        columns.forEach((masses, head) =>
          add({ score: i, layer, head, row }, score.ofColumns(columnsOf(masses, queries, this.#request.causal))),
        );
      });
    });
  }

  #readSums({ layer, values }: ReadEvent, add: Add): void {
    const sums = tensorOf(values, 'sums');
    const [heads, width] = [axisSize(sums, 'N'), axisSize(sums, 'E')];
    const places = this.#request.scores.flatMap((score, i) => (isSummed(score) ? [i] : []));
    this.#request.rows.forEach((_, row) => {
      for (let head = 0; head < heads; head++) {
        const at = (row * heads + head) * width;
        places.forEach((score, e) => add({ score, layer, head, row }, sums.data[at + e] as number));
      }
    });
  }

  /** Scores that have a value at each query. */
  #readQueries({ layer, chunk, values }: ReadEvent, add: Add): void {
    const { rows, scores, heads, causal } = this.#request;
    const size = chunk.to - chunk.from;
    const tops = scores.filter(({ reading }) => reading === 'top');
    scores.forEach((score, i) => {
      const valueAt = queryReader(score, tops.indexOf(score), { values, heads, size });
      if (valueAt === null) return;
      rows.forEach(({ ids }, row) => {
        const queries = this.#queriesOf(i, row);
        const own = queries.filter((query) => query >= chunk.from && query < chunk.to);
        for (let head = 0; own.length > 0 && head < heads; head++) {
          const valueOf = (query: number) =>
            valueAt({ row, head, at: query - chunk.from, keys: causal ? query + 1 : ids.length });
          const sum = own.reduce((total, query) => total + valueOf(query), 0);
          add({ score: i, layer, head, row }, sum / queries.length);
        }
      });
    });
  }

  #takeBand(layer: number, row: number, [band, head, masses]: [number, number, Float64Array], add: Add): void {
    this.#request.scores.forEach((score, i) => {
      if (score.reading !== 'bands') return;
      const own = this.#banded[i]?.[row]?.get(band);
      if (own === undefined) return;
      const keys = this.#request.causal ? (own.at(-1) ?? 0) + 1 : masses.length;
      const share = own.length / this.#queriesOf(i, row).length;
      add({ score: i, layer, head, row }, share * score.ofBand({ masses, keys }));
    });
  }

  #queriesOf(score: number, row: number): readonly number[] {
    return this.#queries[score]?.[row] ?? [];
  }
}
