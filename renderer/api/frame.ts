/** Runs something before the next picture; a page that is not shown draws none, so a timer stands in for it there. */

/** Calls back once; returns the way to stop that. */
export type Schedule = (callback: () => void) => () => void;

const HIDDEN_MILLISECONDS = 250;

const onFrame: Schedule = (callback) => {
  if (typeof document === 'undefined' || document.hidden) {
    const timer = setTimeout(callback, HIDDEN_MILLISECONDS);
    return () => clearTimeout(timer);
  }
  const frame = requestAnimationFrame(callback);
  return () => cancelAnimationFrame(frame);
};

/** Calls `callback` at most once a frame, however often it is asked. */
export interface Throttle {
  readonly ask: () => void;
  /** At once, if it was asked. */
  readonly flush: () => void;
  readonly cancel: () => void;
}

export function oncePerFrame(callback: () => void, schedule: Schedule = onFrame): Throttle {
  let stop: (() => void) | null = null;
  const cancel = () => {
    stop?.();
    stop = null;
  };
  const run = () => {
    stop = null;
    callback();
  };
  return {
    ask: () => (stop ??= schedule(run)),
    flush: () => {
      if (stop === null) return;
      cancel();
      callback();
    },
    cancel,
  };
}
