/**
 * What a model would say at each token of a given continuation, under many sets of edits: the prompt's keys and values are
 * computed once, and each set is a row of a batch that goes on from them.
 */
import type { Edit } from '../terms/edits.ts';
import type { Site } from '../terms/sites.ts';
import { sliceAxis } from '../tensor/positions.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { tensor } from '../tensor/tensor.ts';
import { makeBatch } from './batch.ts';
import { checkEdits } from './checkEdits.ts';
import { editsAt } from './editPlan.ts';
import type { ForwardHost } from './forward.ts';
import type { LayerCache } from './pass.ts';
import { Pass } from './pass.ts';
import type { Prefix } from './prefix.ts';
import { affineAmong } from './prefix.ts';

export interface ForcedRequest {
  /** Some of the prompt's tokens, fewer than all; made with whatever edits act in it. */
  readonly prefix: Prefix;
  readonly prompt: readonly number[];
  /** At least one token. */
  readonly continuation: readonly number[];
  /** Each is measured by itself; none of them acts in the prefix. */
  readonly sets: readonly (readonly Edit[])[];
  readonly signal?: AbortSignal | undefined;
}

/** Values of one layer's keys and values, of one pattern, and of the logits, at most, in one run. */
const MOST_VALUES = 8 * 2 ** 20;
const MOST_SETS = 64;

/** Per set, in order, logits [B 1, P, V]: row p is what the model expects in the place of continuation[p]. Throws Fault for edits that don't fit. */
export async function* forcedLogits(host: ForwardHost, request: ForcedRequest): AsyncGenerator<Tensor> {
  const { sets } = request;
  const perRun = setsPerRun(host, request);
  for (let from = 0; from < sets.length; from += perRun) {
    const logits = await runSets(host, request, sets.slice(from, from + perRun));
    for (let row = 0; row < Math.min(perRun, sets.length - from); row++) yield sliceAxis(logits, 'B', row, row + 1);
  }
}

function setsPerRun({ family: { shape } }: ForwardHost, { prefix, prompt, continuation }: ForcedRequest): number {
  const keys = prompt.length + continuation.length - 1;
  const queries = keys - prefix.ids.length;
  const perSet = Math.max(
    2 * keys * shape.kvHeads * shape.headWidth,
    queries * keys * shape.heads,
    continuation.length * shape.outputVocabulary,
  );
  return Math.max(1, Math.min(MOST_SETS, Math.floor(MOST_VALUES / perSet)));
}

async function runSets(
  host: ForwardHost,
  { prefix, prompt, continuation, signal }: ForcedRequest,
  sets: readonly (readonly Edit[])[],
): Promise<Tensor> {
  const { family, programs } = host;
  const ids = [...prompt, ...continuation.slice(0, -1)];
  const batch = makeBatch(
    sets.map(() => ids),
    family,
    'right',
    sets.map(() => prompt.length),
  );
  const edits = sets.flatMap((own, row) => own.map((edit): Edit => ({ ...edit, rows: [row] })));
  checkEdits(edits, family, batch);
  const passFrom = (from: number) => {
    const queries = Array.from({ length: ids.length - from }, (_, i) => from + i);
    return new Pass(family, programs, batch, { queries, stream: queries, keys: ids.length });
  };
  const from = prefix.ids.length;
  const pass = passFrom(from);
  let { stream } = await pass.embed(affineAmong(pass, edits, ['embed']), new Set());
  for (let layer = 0; layer < family.shape.layers; layer++) {
    signal?.throwIfAborted();
    const cache = repeated(prefix.caches[layer], sets.length);
    const affine = pass.affine(editsAt(edits, layer), layer);
    const capture = new Set<Site>();
    ({ stream } = await pass.block({ layer, residPre: stream, cache, edits: affine, capture, keepsCache: false }));
    host.checkStream(layer, stream);
  }
  const answering = passFrom(prompt.length - 1);
  const last = sliceAxis(stream, 'P', prompt.length - 1 - from, ids.length - from);
  return (await answering.unembed(last, affineAmong(answering, edits, ['finalNorm', 'logits']), new Set())).stream;
}

function repeated(cache: LayerCache | undefined, times: number): LayerCache | undefined {
  if (cache === undefined || times === 1) return cache;
  return { keys: repeatRow(cache.keys, times), values: repeatRow(cache.values, times) };
}

function repeatRow({ data, axes }: Tensor, times: number): Tensor {
  const all = new Float32Array(data.length * times);
  for (let row = 0; row < times; row++) all.set(data, row * data.length);
  return tensor(
    all,
    axes.map((entry) => (entry.axis === 'B' ? { axis: entry.axis, size: times } : entry)),
  );
}
