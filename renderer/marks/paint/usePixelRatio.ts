import { useSyncExternalStore } from 'react';

/** Changes when the window moves to another screen or is zoomed. */
export function usePixelRatio(): number {
  return useSyncExternalStore(subscribe, () => window.devicePixelRatio);
}

function subscribe(listener: () => void): () => void {
  // A zoom always resizes the window in CSS pixels.
  window.addEventListener('resize', listener);
  return () => window.removeEventListener('resize', listener);
}
