/** Keys and values of a text's first tokens, and going on from them: what generation and forced answers start from. */
import type { Edit } from '../terms/edits.ts';
import type { Site } from '../terms/sites.ts';
import { joinAxis, sliceAxis } from '../tensor/positions.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { makeBatch } from './batch.ts';
import { editsAt } from './editPlan.ts';
import { actsAt, isScoped } from './editPlaces.ts';
import type { ForwardHost } from './forward.ts';
import { extendCache } from './forward.ts';
import type { AffineBySite, LayerCache } from './pass.ts';
import { Pass } from './pass.ts';

export interface Prefix {
  /** Tokens that it holds. */
  readonly ids: readonly number[];
  /** Of each layer, B 1; none where there are no tokens. */
  readonly caches: readonly LayerCache[];
}

export const emptyPrefix: Prefix = { ids: [], caches: [] };

export interface Extension {
  /** The text: the prefix's tokens, which the caller vouches for, and those after them. */
  readonly ids: readonly number[];
  /** How many of them are to be in the prefix; all where omitted. */
  readonly to?: number;
  /** Tokens of the text that are its prompt. */
  readonly prompt: number;
  /** Of the whole text; the prefix was made with those of them that act in it. */
  readonly edits: readonly Edit[];
  /** Whether the stream before each layer is given (default no). */
  readonly keepsStreams?: boolean;
  /** Layers that another run of the same text has been through: for edits that act in later ones only. With an empty prefix. */
  readonly begun?: Begun | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Begun {
  /** The first layer that runs. */
  readonly layer: number;
  /** [B 1, P, D] before it, at all positions that are asked for. */
  readonly stream: Tensor;
  /** Of at least the layers before it. */
  readonly caches: readonly LayerCache[];
}

export interface Extended {
  readonly prefix: Prefix;
  /** [B 1, P, D] after the last block, at the last chunk's positions. */
  readonly stream: Tensor;
  /** [B 1, P, D] before each layer at the positions that were run, where asked for. */
  readonly streams: readonly Tensor[];
}

/** Most tokens in one program run. */
const CHUNK = 256;

/** Runs the tokens after the prefix, at least one. Looks at the signal between programs. */
export async function extendPrefix(host: ForwardHost, prefix: Prefix, extension: Extension): Promise<Extended> {
  const { ids, to: end = ids.length } = extension;
  let from = prefix.ids.length;
  if (from >= end) throw new RangeError('extendPrefix: no token after the prefix');
  let caches = prefix.caches;
  const kept: (readonly Tensor[])[] = [];
  for (;;) {
    const to = Math.min(end, from + CHUNK);
    const chunk = await runChunk(host, extension, from, to, caches);
    caches = chunk.caches;
    if (extension.keepsStreams === true) kept.push(chunk.streams);
    if (to === end) return { prefix: { ids: ids.slice(0, end), caches }, stream: chunk.stream, streams: joined(kept) };
    from = to;
  }
}

/** Chunks of every layer, one after the other. */
function joined(chunks: readonly (readonly Tensor[])[]): readonly Tensor[] {
  return (chunks[0] ?? []).map((_, layer) =>
    joinAxis(
      chunks.flatMap((chunk) => chunk[layer] ?? []),
      'P',
    ),
  );
}

async function runChunk(
  host: ForwardHost,
  { ids, prompt, edits, begun, signal }: Extension,
  from: number,
  to: number,
  caches: readonly LayerCache[],
): Promise<Pick<Prefix, 'caches'> & Pick<Extended, 'stream' | 'streams'>> {
  // The whole text, so that positions counted from its end are the same in every chunk.
  const batch = makeBatch([ids], host.family, 'right', [prompt]);
  const queries = Array.from({ length: to - from }, (_, i) => from + i);
  const pass = new Pass(host.family, host.programs, batch, { queries, stream: queries, keys: to });
  // A chunk that none of an edit's positions are in runs as the plain program.
  const acting = edits.filter((edit) => !isScoped(edit) || queries.some((query) => actsAt(edit, query, 0, batch)));
  let stream =
    begun === undefined
      ? (await pass.embed(affineAmong(pass, acting, ['embed']), new Set())).stream
      : sliceAxis(begun.stream, 'P', from, to);
  const extended: LayerCache[] = begun?.caches.slice(0, begun.layer) ?? [];
  const streams: Tensor[] = [];
  for (let layer = extended.length; layer < host.family.shape.layers; layer++) {
    streams.push(stream);
    const affine = pass.affine(editsAt(acting, layer), layer);
    const cache = caches[layer];
    const result = await pass.block({
      ...{ layer, residPre: stream, cache, edits: affine },
      ...{ capture: new Set<Site>(), keepsCache: true },
    });
    const longer = extendCache(cache, result.fresh);
    if (longer === undefined) throw new RangeError('a block gave no keys and values');
    extended.push(longer);
    stream = result.stream;
    host.checkStream(layer, stream);
    signal?.throwIfAborted();
  }
  return { caches: extended, stream, streams };
}

/** Edits at some of the model's own sites. */
export function affineAmong(pass: Pass, edits: readonly Edit[], among: readonly Site[]): AffineBySite {
  return pass.affine(new Map([...editsAt(edits, null)].filter(([site]) => among.includes(site))), null);
}
