/** What a batch's readout is fed: which pairs of query and key count, and how much. The same in every layer. */
import type { Feed, Feeds } from '../run/ort.ts';
import { readoutInput } from '../run/readout.ts';
import type { QuerySpan } from '../run/readouts.ts';
import { bandOf } from './bands.ts';
import type { HeadScore, KeyScore, Reading, ScorePrompt, WeightedScore } from './headScore.ts';
import type { Wanted } from './patternReadout.ts';

/** Feeds kept from layer to layer; those of longer prompts are made anew in each. */
const MOST_KEPT_BYTES = 64 * 2 ** 20;

export class ReadFeeds {
  readonly #rows: readonly ScorePrompt[];
  /** By score, then by row. */
  readonly #summed: readonly (readonly Weighing[])[];
  readonly #tops: readonly (readonly (readonly Reading[])[])[];
  readonly #hasBands: boolean;
  readonly #kept = new Map<number, Feeds>();
  #bytes = 0;

  constructor(rows: readonly ScorePrompt[], scores: readonly HeadScore[], { bands }: Wanted) {
    this.#rows = rows;
    this.#summed = scores.filter(isSummed).map((score) => rows.map((prompt) => weighingOf(score, prompt)));
    this.#tops = scores.filter(readsTop).map((score) => rows.map((prompt) => score.select(prompt)));
    this.#hasBands = bands;
  }

  of(chunk: QuerySpan): Feeds {
    const known = this.#kept.get(chunk.from);
    if (known !== undefined) return known;
    const made = this.#make(chunk);
    const bytes = Object.values(made).reduce((sum, { data }) => sum + data.byteLength, 0);
    if (this.#bytes + bytes > MOST_KEPT_BYTES) return made;
    this.#bytes += bytes;
    this.#kept.set(chunk.from, made);
    return made;
  }

  #make(chunk: QuerySpan): Feeds {
    const tops = this.#tops.map((byRow, i) => [readoutInput(`keys.${i}`), this.#keys(byRow, chunk)] as const);
    return {
      ...(this.#summed.length > 0 ? { [readoutInput('weights')]: this.#weights(chunk) } : {}),
      ...Object.fromEntries(tops),
      ...(this.#hasBands ? { [readoutInput('bands')]: this.#bands(chunk) } : {}),
    };
  }

  /** [B P K E]: the pattern's weights, summed with these, are parts of means over queries. */
  #weights({ from, to, keys }: QuerySpan): Feed {
    const width = this.#summed.length;
    const shape = [this.#rows.length, to - from, keys, width] as const;
    const data = new Float32Array(shape.reduce((a, b) => a * b));
    this.#summed.forEach((byRow, e) =>
      byRow.forEach(({ queries, weigh }, row) => {
        for (const query of queries.filter((one) => one >= from && one < to)) {
          const start = (row * (to - from) + query - from) * keys;
          weigh(query, keys, (key, weight) => {
            const at = (start + key) * width + e;
            data[at] = (data[at] as number) + weight;
          });
        }
      }),
    );
    return { data, shape };
  }

  /** [B P K]: 1 at the keys that the score looks for. */
  #keys(byRow: readonly (readonly Reading[])[], { from, to, keys }: QuerySpan): Feed {
    const data = new Float32Array(this.#rows.length * (to - from) * keys);
    byRow.forEach((readings, row) => {
      for (const { query, keys: chosen } of readings) {
        if (query < from || query >= to) continue;
        const start = (row * (to - from) + query - from) * keys;
        for (let i = 0; i < chosen.length; i++) data[start + (chosen[i] as number)] = 1;
      }
    });
    return { data, shape: [this.#rows.length, to - from, keys] };
  }

  /** [B 1 I P]: 1 where a query that is not the first and not padding lies in the band. */
  #bands({ from, to }: QuerySpan): Feed {
    const [first, size] = [bandOf(from), to - from];
    const count = bandOf(to - 1) - first + 1;
    const data = new Float32Array(this.#rows.length * count * size);
    this.#rows.forEach(({ ids }, row) => {
      for (let query = Math.max(1, from); query < Math.min(to, ids.length); query++) {
        data[(row * count + bandOf(query) - first) * size + query - from] = 1;
      }
    });
    return { data, shape: [this.#rows.length, 1, count, size] };
  }
}

export function isSummed(score: HeadScore): score is (KeyScore & { readonly reading: 'mass' }) | WeightedScore {
  return score.reading === 'mass' || score.reading === 'weighted';
}

function readsTop(score: HeadScore): score is KeyScore {
  return score.reading === 'top';
}

/** How the keys of a prompt's queries are weighed, so that the sum over all pairs is the mean over the queries. */
interface Weighing {
  readonly queries: readonly number[];
  /** Gives the keys below `keys` that have a weight. */
  weigh(query: number, keys: number, put: (key: number, weight: number) => void): void;
}

function weighingOf(score: KeyScore | WeightedScore, prompt: ScorePrompt): Weighing {
  if (score.reading === 'weighted') return ofAllKeys(score, prompt);
  const readings = new Map(score.select(prompt).map(({ query, keys }) => [query, keys] as const));
  const each = 1 / readings.size;
  return {
    queries: [...readings.keys()],
    weigh(query, _, put) {
      const chosen = readings.get(query) ?? [];
      for (let i = 0; i < chosen.length; i++) put(chosen[i] as number, each);
    },
  };
}

function ofAllKeys(score: WeightedScore, prompt: ScorePrompt): Weighing {
  const queries = score.select(prompt).map(({ query }) => query);
  return {
    queries,
    weigh(query, keys, put) {
      for (let key = 0; key < Math.min(keys, prompt.ids.length); key++)
        put(key, score.weight(query, key) / queries.length);
    },
  };
}
