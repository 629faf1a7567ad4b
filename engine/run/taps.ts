/** Where a program is opened up: edit inputs and captured outputs at sites. The plain program has none. */
import type { Site } from '../terms/sites.ts';
import type { AxisList } from '../terms/axes.ts';
import { isSite, sites } from '../terms/sites.ts';
import type { BlockContext } from '../arch/architecture.ts';
import type { GraphBuilder, Sizes } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';

export interface Taps {
  readonly edited: ReadonlySet<Site>;
  readonly captured: ReadonlySet<Site>;
}

export const noTaps: Taps = { edited: new Set(), captured: new Set() };

/** The same taps give the same key. */
export function tapsKey({ edited, captured }: Taps): string {
  return `${[...edited].sort().join(',')}|${[...captured].sort().join(',')}`;
}

/** Only the taps among these sites: the ones that one program can have. */
export function tapsAmong(taps: Taps, among: readonly Site[]): Taps {
  const keep = (chosen: ReadonlySet<Site>) => new Set(among.filter((site) => chosen.has(site)));
  return { edited: keep(taps.edited), captured: keep(taps.captured) };
}

export const scaleInput = (site: Site) => `edit.${site}.scale`;
export const addInput = (site: Site) => `edit.${site}.add`;
export const captureOutput = (site: Site) => `captured.${site}`;

export const embedSites: readonly Site[] = ['embed'];
export const unembedSites: readonly Site[] = ['finalNorm', 'logits'];
export const blockSites: readonly Site[] = Object.keys(sites)
  .filter(isSite)
  .filter((site) => sites[site].per === 'layer');

export interface BlockMode {
  readonly layer: number;
  /** The queries are only some positions; keys come from `keyStream`. */
  readonly narrow: boolean;
  /** The queries are all positions and nothing is cached: what backward programs are made of. */
  readonly whole?: boolean;
  /** J of this layer's rotary kind; 0 without rotary. */
  readonly rotaryWidth: number;
}

/** What a family's builders are given: weights and sites of one program. Counts the sites that the builder marked. */
export class ProgramTaps implements BlockContext {
  readonly g: GraphBuilder;
  readonly layer: number;
  readonly keyStream: Value | null;
  readonly #rotaryWidth: number;
  readonly #whole: boolean;
  readonly #taps: Taps;
  readonly #marked = new Set<Site>();

  constructor(g: GraphBuilder, taps: Taps, mode: BlockMode = { layer: 0, narrow: false, rotaryWidth: 0 }) {
    this.g = g;
    this.#taps = taps;
    this.layer = mode.layer;
    this.#rotaryWidth = mode.rotaryWidth;
    this.#whole = mode.whole ?? false;
    this.keyStream = mode.narrow ? g.input('keyStream', 'B T D') : null;
  }

  /** x * scale + add where the site is edited; marked as an output, after its edits, where it is captured. */
  site(site: Site, value: Value): Value {
    if (this.#marked.has(site)) throw new RangeError(`site ${site} is marked twice in one program`);
    this.#marked.add(site);
    const edited = this.#taps.edited.has(site) ? this.#affine(site, value) : value;
    if (this.#taps.captured.has(site)) this.g.output(captureOutput(site), edited);
    return edited;
  }

  wants(site: Site): boolean {
    return this.#taps.edited.has(site) || this.#taps.captured.has(site);
  }

  weight(name: string, axes: AxisList, sizes: Sizes = {}): Value {
    return this.g.parameter(name, axes, sizes);
  }

  rotary(): { cos: Value; sin: Value } {
    return { cos: this.#angles('cos', 'B P J'), sin: this.#angles('sin', 'B P J') };
  }

  rotaryOfKeys(): { cos: Value; sin: Value } {
    if (this.keyStream === null) return this.rotary();
    return { cos: this.#angles('keyCos', 'B T J'), sin: this.#angles('keySin', 'B T J') };
  }

  mask(): Value {
    return this.g.input('mask', 'B P K');
  }

  positions(): { queries: Value; keys: Value } {
    const queries = this.g.input('positions', 'B P', 'int64');
    return { queries, keys: this.keyStream === null ? queries : this.g.input('streamPositions', 'B T', 'int64') };
  }

  keyPositions(): Value {
    return this.g.input('keyPositions', 'B K');
  }

  /**
   * Cached keys and values before the new ones; none before those of a whole block. A narrowed program sees the whole stream, so nothing is cached before it
   * and its keys (axis T) are already all of them.
   */
  remember(key: Value, value: Value): { keys: Value; values: Value } {
    if (this.keyStream !== null) {
      return { keys: this.g.rename(key, 'T', 'K'), values: this.g.rename(value, 'T', 'K') };
    }
    if (this.#whole) return { keys: this.g.rename(key, 'P', 'K'), values: this.g.rename(value, 'P', 'K') };
    this.g.output('keys', key);
    this.g.output('values', value);
    return { keys: this.#append('pastKeys', key), values: this.#append('pastValues', value) };
  }

  /** A tap at a site that the family never marked would be lost without a word. */
  requireAllMarked(): void {
    const wanted = [...this.#taps.edited, ...this.#taps.captured];
    const missing = wanted.find((site) => !this.#marked.has(site));
    if (missing !== undefined) throw new RangeError(`the family's program does not mark site ${missing}`);
  }

  #angles(name: string, axes: AxisList): Value {
    return this.g.input(name, axes, 'float32', { J: this.#rotaryWidth });
  }

  #append(past: string, fresh: Value): Value {
    const cached = this.g.rename(this.g.input(past, 'B G T H'), 'T', 'K');
    return this.g.concat([cached, this.g.rename(fresh, 'P', 'K')], 'K');
  }

  #affine(site: Site, value: Value): Value {
    const axes = value.type.axes.map(({ axis }) => axis).join(' ');
    const scale = this.g.input(scaleInput(site), axes, 'float32', 'dynamic');
    const add = this.g.input(addInput(site), axes, 'float32', 'dynamic');
    return this.g.add(this.g.multiply(value, scale), add);
  }
}
