/** What a block is fed besides the stream and its cache: layers of one kind share it, and it is made once. */
import type { Family } from '../arch/architecture.ts';
import type { Batch } from './batch.ts';
import { keyPositionsFeed, maskFeed, positionsFeed, rotaryFeeds } from './batch.ts';
import type { Slots } from './editPlan.ts';
import type { Feeds } from './ort.ts';

export class LayerFeeds {
  readonly #family: Family;
  readonly #batch: Batch;
  readonly #slots: Slots;
  readonly #made = new Map<string, Feeds>();

  constructor(family: Family, batch: Batch, slots: Slots) {
    this.#family = family;
    this.#batch = batch;
    this.#slots = slots;
  }

  /** positions, mask, rotary tables and key positions, as far as the family has them. */
  of(layer: number): Feeds {
    const window = this.#family.windowOf(layer);
    const rotary = this.#family.rotaryOf(layer);
    return {
      ...this.#once('positions', () => this.#positionFeeds()),
      ...this.#once(`mask ${window}`, () => this.#maskFeeds(window)),
      ...(rotary === null ? {} : this.#once(`rotary ${rotary}`, () => this.#rotaryFeeds(rotary))),
      ...(this.#family.readsKeyPositions ? this.#once('keyPositions', () => this.#keyFeeds()) : {}),
    };
  }

  #positionFeeds(): Feeds {
    const { queries, stream } = this.#slots;
    return { positions: positionsFeed(this.#batch, queries), streamPositions: positionsFeed(this.#batch, stream) };
  }

  #maskFeeds(window: number | null): Feeds {
    return { mask: maskFeed(this.#batch, this.#family.causal, window, this.#slots.queries, this.#slots.keys) };
  }

  #rotaryFeeds(index: number): Feeds {
    const kind = this.#family.rotaryKinds[index];
    if (kind === undefined) throw new RangeError(`family names rotary kind ${index}, which it does not have`);
    const queries = rotaryFeeds(this.#batch, kind, this.#slots.queries);
    const keys = rotaryFeeds(this.#batch, kind, this.#slots.stream);
    return { cos: queries.cos, sin: queries.sin, keyCos: keys.cos, keySin: keys.sin };
  }

  #keyFeeds(): Feeds {
    return { keyPositions: keyPositionsFeed(this.#batch, this.#slots.keys) };
  }

  #once(key: string, make: () => Feeds): Feeds {
    const known = this.#made.get(key) ?? make();
    this.#made.set(key, known);
    return known;
  }
}
