/** The compiled programs of one open model: made when first needed; variants beyond a bound are let go, oldest first. */
import type { Family } from '../arch/architecture.ts';
import type { Program, ProgramPart } from './program.ts';
import { compilePart, partKey } from './program.ts';
import type { Taps } from './taps.ts';
import { isPlain, noTaps, tapsKey } from './taps.ts';
import type { WeightStore } from './weightStore.ts';

export class Programs {
  readonly #family: Family;
  readonly #store: WeightStore;
  readonly #plain = new Map<string, Promise<Program>>();
  /** In order of last use. */
  readonly #variants = new Map<string, Promise<Program>>();

  constructor(family: Family, store: WeightStore) {
    this.#family = family;
    this.#store = store;
  }

  get(part: ProgramPart, taps: Taps = noTaps): Promise<Program> {
    return isPlain(taps) && !isNarrow(part) ? this.#plainProgram(part) : this.#variant(part, taps);
  }

  async dispose(): Promise<void> {
    const programs = [...this.#plain.values(), ...this.#variants.values()];
    this.#plain.clear();
    this.#variants.clear();
    for (const program of programs) await (await program).release();
  }

  /** Lets the variants and their shared weights go. */
  async releaseVariants(): Promise<void> {
    const variants = [...this.#variants.values()];
    this.#variants.clear();
    this.#store.releaseShared();
    for (const program of variants) await (await program).release();
  }

  #plainProgram(part: ProgramPart): Promise<Program> {
    return remember(this.#plain, partKey(part), () => compilePart(this.#family, part, noTaps, this.#store));
  }

  #variant(part: ProgramPart, taps: Taps): Promise<Program> {
    const key = `${partKey(part)} ${tapsKey(taps)}`;
    const program = remember(this.#variants, key, () => compilePart(this.#family, part, taps, this.#store));
    this.#variants.delete(key);
    this.#variants.set(key, program);
    void this.#evict();
    return program;
  }

  async #evict(): Promise<void> {
    const bound = 2 * this.#family.shape.layers + 8;
    const [oldest] = this.#variants.keys();
    if (this.#variants.size <= bound || oldest === undefined) return;
    const program = this.#variants.get(oldest);
    this.#variants.delete(oldest);
    await (await program)?.release();
  }
}

function isNarrow(part: ProgramPart): boolean {
  return part.kind === 'block' && part.narrow;
}

/** A failed compilation is not kept: the next request tries again. */
function remember(known: Map<string, Promise<Program>>, key: string, make: () => Promise<Program>): Promise<Program> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}
