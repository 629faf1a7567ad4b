/** Values at sites over prompts, a batch of rows at a time. */
import { availableMemory } from 'node:process';
import type { EventOf, RequestOf, ResultOf, Service } from '../../results/index.ts';
import type { ForwardRequest, Model } from '../../run/index.ts';
import type { Axis } from '../../terms/axes.ts';
import { isAxis } from '../../terms/axes.ts';
import { Fault } from '../../terms/fault.ts';
import type { Site } from '../../terms/sites.ts';
import { siteName, sites } from '../../terms/sites.ts';
import { longestOf } from '../captured.ts';
import type { ModelSource } from '../openModels.ts';
import { emitting } from './emitting.ts';
import { requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import { idsOf, promptsOfFile } from './prompts.ts';

type Request = RequestOf<'capture'>;

export function captureCall(models: ModelSource): Service['capture'] {
  return (request, { signal }) =>
    emitting<EventOf<'capture'>, ResultOf<'capture'>>((emit) =>
      models.use(request, signal, async (model) => {
        const ids = rowsOf(model, request.prompts);
        const places = placesOf(model, request);
        requireRoom(model, places, ids);
        emit({ kind: 'start', model: identityOf(model), ids });
        for (const batch of batchesOf(ids, request.edits ?? [])) {
          for (const rows of await captureBatch(model, request, batch, places, signal)) emit(rows);
          emit({ kind: 'progress', of: 'prompts', done: batch.from + batch.ids.length, total: ids.length });
        }
        return { rows: ids.length };
      }),
    );
}

type Rows = readonly (readonly number[])[];

function rowsOf(model: Model, prompts: Request['prompts']): Rows {
  if (!('name' in prompts)) return prompts.map((prompt) => idsOf(model, prompt));
  return promptsOfFile(model, prompts).map(({ ids }) => ids);
}

interface Place {
  readonly site: Site;
  readonly layer: number | null;
}

function placesOf(model: Model, { sites: names, layers }: Request): Place[] {
  const all = layers ?? Array.from({ length: model.family.shape.layers }, (_, layer) => layer);
  return [...new Set(names)].flatMap((site): Place[] =>
    sites[site].per === 'model' ? [{ site, layer: null }] : [...new Set(all)].map((layer) => ({ site, layer })),
  );
}

type Edits = NonNullable<Request['edits']>;

interface Batch {
  readonly from: number;
  readonly ids: Rows;
}

const TOKENS_PER_BATCH = 2048;

/** Edits may name rows or hold a value for each, so with edits all rows run together. */
function* batchesOf(ids: Rows, edits: Edits): Generator<Batch> {
  let from = 0;
  while (from < ids.length) {
    const rows = edits.length > 0 ? ids.length : rowsThatFit(ids, from);
    yield { from, ids: ids.slice(from, from + rows) };
    from += rows;
  }
}

/** At least one row; more while the padded batch stays small. */
function rowsThatFit(ids: Rows, from: number): number {
  let longest = 0;
  for (let rows = 0; from + rows < ids.length; rows++) {
    longest = Math.max(longest, ids[from + rows]?.length ?? 0);
    if (rows > 0 && (rows + 1) * longest > TOKENS_PER_BATCH) return rows;
  }
  return ids.length - from;
}

async function captureBatch(
  model: Model,
  { sites: names, layers, edits }: Request,
  batch: Batch,
  places: readonly Place[],
  signal: AbortSignal,
): Promise<EventOf<'capture'>[]> {
  const capture = names.map((site) => ({ site, ...(layers === undefined ? {} : { layers }) }));
  const forward: ForwardRequest = { ids: batch.ids, capture, logits: 'none', signal };
  const activations = await model.forward(edits === undefined ? forward : { ...forward, edits });
  const rows: EventOf<'capture'>[] = [];
  for (const { site, layer } of places) {
    const { axes, data } = activations.get(site, layer ?? undefined);
    const name = siteName(site, layer ?? undefined);
    await requireFinite(model, name, data, signal);
    const [letters, shape] = [axes.map(({ axis }) => axis).join(' '), axes.map(({ size }) => size)];
    rows.push({ kind: 'rows', from: batch.from, name, axes: letters, shape, data });
  }
  return rows;
}

/** Refuses what memory can't hold, before the work. */
function requireRoom(model: Model, places: readonly Place[], ids: Rows): void {
  const longest = longestOf(ids);
  const bytes = places.reduce((total, { site }) => total + 4 * valuesOf(site, model, ids.length, longest), 0);
  const free = availableMemory();
  if (bytes <= free) return;
  const gigabytes = (value: number) => `${(value / 1e9).toFixed(2)} GB`;
  throw new Fault({
    what: 'the captured values do not fit in memory: choose fewer sites, layers or prompts',
    expected: `at most ${gigabytes(free)}, which is free`,
    got: gigabytes(bytes),
  });
}

function valuesOf(site: Site, { family: { shape } }: Model, rows: number, longest: number): number {
  const sizes: Partial<Record<Axis, number>> = {
    ...{ B: rows, P: longest, K: longest, N: shape.heads, G: shape.kvHeads, H: shape.headWidth },
    ...{ D: shape.width, M: shape.mlpWidth ?? 0, V: shape.outputVocabulary },
  };
  const axes = sites[site].axes.split(' ').filter(isAxis);
  return axes.reduce((product, axis) => product * (sizes[axis] ?? 1), 1);
}
