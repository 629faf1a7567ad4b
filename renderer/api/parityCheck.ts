/** Comparisons of models in memory with the float64 reference: one for each model of this session, kept until the window goes. */
import { useStore } from 'zustand';
import type { EventOf, ResultOf } from '../../engine/results/contract.ts';
import type { ParityPlace } from '../../engine/results/parity.ts';
import type { ModelIdentity, Progress } from '../../engine/results/records.ts';
import { useWatch } from './hooks.ts';
import type { StreamFold, StreamView } from './streamFold.ts';
import { createStreamFold } from './streamFold.ts';
import type { Workbench } from './workbench.ts';
import { useWorkbench } from './workbench.ts';

export interface ParityFound {
  /** The model as it was held while it was compared. */
  readonly model: ModelIdentity | null;
  readonly progress: Progress | null;
  /** Of the layers that are compared. */
  readonly places: readonly ParityPlace[];
}

export interface ParityCheck extends StreamView<ParityFound, ResultOf<'parity'>> {
  readonly start: () => void;
  readonly cancel: () => void;
}

type ParityFold = StreamFold<'parity', ParityFound>;

const nothing: ParityFound = { model: null, progress: null, places: [] };

export function foldParity(found: ParityFound, event: EventOf<'parity'>): ParityFound {
  switch (event.kind) {
    case 'start':
      return { ...found, model: event.model };
    case 'places':
      return { ...found, places: [...found.places, ...event.places] };
    case 'progress':
      return { ...found, progress: event };
  }
}

/** Of the model at this path; idle until it is started. */
export function useParityCheck(path: string, fingerprint: string): ParityCheck {
  const fold = foldOf(useWorkbench(), fingerprint);
  return { ...useStore(fold.store), start: () => fold.ask({ model: path }), cancel: fold.cancel };
}

/** What was found of the model in memory, held as it is now; null where it was not compared to the end. */
export function useVerified(fingerprint: string): ResultOf<'parity'> | null {
  const { value, result } = useStore(foldOf(useWorkbench(), fingerprint).store);
  const held = useWatch(({ resident }) => resident?.model ?? null);
  const isHeldSo = held?.fingerprint === fingerprint && held.weights === value.model?.weights;
  return isHeldSo ? result : null;
}

const folds = new WeakMap<Workbench, Map<string, ParityFold>>();

function foldOf(workbench: Workbench, fingerprint: string): ParityFold {
  const known = folds.get(workbench) ?? new Map<string, ParityFold>();
  folds.set(workbench, known);
  const fold = known.get(fingerprint) ?? createStreamFold(workbench.client, 'parity', foldParity, nothing);
  known.set(fingerprint, fold);
  return fold;
}
