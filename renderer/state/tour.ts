/** Which tour is being taken, and where in it. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';

export interface TourState {
  readonly tour: string | null;
  readonly step: number;
}

export interface Tour {
  readonly store: StoreApi<TourState>;
  readonly begin: (tour: string) => void;
  readonly goTo: (step: number) => void;
  readonly end: () => void;
}

export function createTour(): Tour {
  const store = createStore<TourState>(() => ({ tour: null, step: 0 }));
  return {
    store,
    begin: (tour) => store.setState({ tour, step: 0 }),
    goTo: (step) => store.setState({ step }),
    end: () => store.setState({ tour: null, step: 0 }),
  };
}
