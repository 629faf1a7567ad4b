/** The attention sources of one open model, by prompt and edits; all that they keep fits in one budget. */
import { createHash } from 'node:crypto';
import type { Edit } from '../../terms/edits.ts';
import { AttentionSource } from './attentionSource.ts';
import { ByteBudget } from './kept.ts';
import type { RunsHost } from './layerRuns.ts';

export interface SourcesOptions {
  /** Bytes of streams, keys, masks and maps that are kept (default 512 MiB); one chunk of a pattern, 32 MB, comes beside it. */
  readonly bytes?: number;
  /** Most queries in a chunk (default 256). */
  readonly maxQueries?: number;
}

const BYTES = 2 ** 29;
/** Prompts that are remembered. */
const MOST_SOURCES = 16;

export class AttentionSources {
  readonly #host: RunsHost;
  readonly #budget: ByteBudget;
  readonly #maxQueries: number | undefined;
  /** In order of last use. */
  readonly #sources = new Map<string, AttentionSource>();

  constructor(host: RunsHost, { bytes = BYTES, maxQueries }: SourcesOptions = {}) {
    this.#host = host;
    this.#budget = new ByteBudget(bytes);
    this.#maxQueries = maxQueries;
  }

  /** Bytes that are kept at the moment. */
  get bytes(): number {
    return this.#budget.bytes;
  }

  /** The same source for the same prompt and edits. Throws Fault for a bad one. */
  of(ids: readonly number[], edits: readonly Edit[] = []): AttentionSource {
    const key = digest(ids, edits);
    const source =
      this.#sources.get(key) ??
      new AttentionSource(this.#host, this.#budget, { ids, edits, maxQueries: this.#maxQueries });
    this.#sources.delete(key);
    this.#sources.set(key, source);
    this.#forgetOldest();
    return source;
  }

  /** Lets everything go: before the model is closed. */
  drop(): void {
    for (const source of this.#sources.values()) source.drop();
    this.#sources.clear();
  }

  #forgetOldest(): void {
    const [oldest] = this.#sources;
    if (this.#sources.size <= MOST_SOURCES || oldest === undefined) return;
    oldest[1].drop();
    this.#sources.delete(oldest[0]);
  }
}

/** Values of edits are told by their bytes. */
function digest(ids: readonly number[], edits: readonly Edit[]): string {
  const hash = createHash('sha256').update(ids.join());
  const plain = (_: string, value: unknown): unknown => {
    if (!(value instanceof Float32Array)) return value;
    return createHash('sha256')
      .update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      .digest('hex');
  };
  return hash.update(JSON.stringify(edits, plain)).digest('hex');
}
