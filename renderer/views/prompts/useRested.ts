import { useEffect, useState } from 'react';

/** Milliseconds without a change before a text counts as typed. */
const QUIET = 200;

/** The value once it has rested. */
export function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), QUIET);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
