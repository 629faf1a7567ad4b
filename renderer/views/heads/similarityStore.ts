/** The map of heads that are alike: how it is asked for, and the one that was drawn, for as long as the window lives. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { EventOf, RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import type { StreamFold, StreamView } from '../../api/streamFold.ts';
import { createStreamFold } from '../../api/streamFold.ts';
import { keyOf } from '../../api/useStable.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { MeasuredOn } from '../../state/workspace.ts';

export type SimilarityRequest = RequestOf<'headMap'>;
export type SimilarityProgress = EventOf<'headMap'> | null;
export type SimilarityMap = ResultOf<'headMap'>;

export interface SimilaritySettings {
  readonly feature: SimilarityRequest['feature'];
  /** Which of the two planes is drawn; both come with one answer. */
  readonly plane: 'pca' | 'umap';
  readonly neighbours: number;
  readonly seed: number;
  /** The request behind the map that is drawn or being computed. */
  readonly asked: SimilarityRequest | null;
}

const initial: SimilaritySettings = { feature: 'pattern', plane: 'pca', neighbours: 10, seed: 0, asked: null };
/** How close UMAP lets points lie: its own default. */
const MIN_DISTANCE = 0.1;

export interface SimilarityStore {
  readonly settings: StoreApi<SimilaritySettings>;
  readonly fold: StreamFold<'headMap', SimilarityProgress>;
  /** Computes the map of these settings anew. */
  readonly draw: (on: MeasuredOn) => void;
  /** Other settings; a map of them is computed at once where one was drawn before. */
  readonly change: (on: MeasuredOn | null, change: Partial<SimilaritySettings>) => void;
}

const stores = new WeakMap<Workbench, SimilarityStore>();

export function similarityStore(workbench: Workbench): SimilarityStore {
  const store = stores.get(workbench) ?? createSimilarityStore(workbench);
  stores.set(workbench, store);
  return store;
}

function createSimilarityStore({ client }: Workbench): SimilarityStore {
  const settings = createStore<SimilaritySettings>(() => initial);
  const fold = createStreamFold(client, 'headMap', (_, event) => event, null as SimilarityProgress);
  const draw = (on: MeasuredOn) => {
    const asked = similarityRequest(on, settings.getState());
    settings.setState({ asked });
    fold.ask(asked);
  };
  return {
    settings,
    fold,
    draw,
    change: (on, change) => {
      settings.setState(change);
      const { asked } = settings.getState();
      if (on === null || asked === null) return;
      // The plane alone is another picture of the same answer.
      if (keyOf(asked) !== keyOf(similarityRequest(on, settings.getState()))) draw(on);
    },
  };
}

export function similarityRequest(
  { model, weights, prompts }: MeasuredOn,
  { feature, neighbours, seed }: Pick<SimilaritySettings, 'feature' | 'neighbours' | 'seed'>,
): SimilarityRequest {
  return {
    ...{ model, feature, prompts, neighbours, minDistance: MIN_DISTANCE, seed },
    ...(weights === undefined ? {} : { weights }),
  };
}

/** Was it asked on these prompts of this model? */
export function isAskedOn(asked: SimilarityRequest | null, on: MeasuredOn | null): boolean {
  return asked !== null && on !== null && keyOf(similarityRequest(on, asked)) === keyOf(asked);
}

export function useSimilaritySettings(): SimilaritySettings {
  return useStore(similarityStore(useWorkbench()).settings);
}

export function useSimilarity(): StreamView<SimilarityProgress, SimilarityMap> {
  return useStore(similarityStore(useWorkbench()).fold.store);
}
