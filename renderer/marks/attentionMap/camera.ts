import type { Box } from '../paint/painter.ts';
import type { MapView } from './mapView.ts';
import { clampView, fitView } from './mapView.ts';

/** What is in view of one map. It lives outside React: panning and zooming repaint canvases and render nothing. */
export interface Camera {
  /** On a plot of this size: all of the map until the view is set. */
  readonly get: (plot: Box) => MapView;
  readonly set: (view: MapView) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createCamera(tokens: number): Camera {
  const listeners = new Set<() => void>();
  const kept: { view: MapView | null } = { view: null };
  return {
    get: (plot) => (kept.view === null ? fitView(tokens, plot) : clampView(kept.view, tokens, plot)),
    set: (view) => {
      kept.view = view;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
