/** Keeps an object as long as what it says stays the same, so that an equal request in a new object asks nothing anew. */
import { useState } from 'react';

export function useStable<T>(value: T): T {
  const [held, setHeld] = useState(value);
  if (held === value || keyOf(held) === keyOf(value)) return held;
  // Adjusting state while rendering: React renders again at once, before anything is shown.
  setHeld(value);
  return value;
}

/** Text that is the same for equal requests; typed arrays count by their numbers. */
export function keyOf(request: unknown): string {
  return JSON.stringify(request, (_, value: unknown) => (value instanceof Float32Array ? Array.from(value) : value));
}
