/** Composition between heads of the open model: computed once when it is asked for, kept as long as the window. */
import type { CompositionHeader, CompositionLayer } from '../../../engine/results/composition.ts';
import type { Fold, StreamFold } from '../../api/streamFold.ts';
import { createStreamFold } from '../../api/streamFold.ts';
import type { Workbench } from '../../api/workbench.ts';

export interface Composition {
  readonly header: CompositionHeader | null;
  /** By reading layer, as far as they came. */
  readonly layers: ReadonlyMap<number, CompositionLayer>;
  readonly done: number;
  /** Layers that read from others; null while unknown. */
  readonly total: number | null;
}

export type CompositionFold = StreamFold<'composition', Composition>;

const nothing: Composition = { header: null, layers: new Map(), done: 0, total: null };

const foldEvent: Fold<'composition', Composition> = (value, event) => {
  switch (event.kind) {
    case 'start':
      return { ...value, header: event.header };
    case 'progress':
      return { ...value, done: event.done, total: event.total };
    case 'layer':
      return { ...value, layers: new Map(value.layers).set(event.layer, event) };
  }
};

const folds = new WeakMap<Workbench, Map<string, CompositionFold>>();

/** Of the model with this fingerprint. It waits while others are answered: it takes seconds to minutes. */
export function compositionOf(workbench: Workbench, fingerprint: string): CompositionFold {
  const ofModels = folds.get(workbench) ?? new Map<string, CompositionFold>();
  folds.set(workbench, ofModels);
  const known = ofModels.get(fingerprint);
  if (known !== undefined) return known;
  const fold = createStreamFold(workbench.client, 'composition', foldEvent, nothing, undefined, 'job');
  ofModels.set(fingerprint, fold);
  return fold;
}
