/** How far a map is. */
export interface MapState {
  readonly status: 'loading' | 'done' | 'cancelled' | 'error';
  /** Blocks that have run, of those that must. */
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly error: Error | null;
  /** Largest size of a value that has come. */
  readonly largest: number;
}

/** What is known of a cell: exact where `step` is 1, else of the `step` x `step` cells around it. */
export interface KnownValue {
  readonly value: number;
  readonly step: number;
}

export const begun: MapState = { status: 'loading', progress: null, error: null, largest: 0 };
