/** A streaming interactive call in React: asked when the request changes, cancelled when it changes again or unmounts. */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { RequestOf, ResultOf, StreamName } from '../../engine/results/contract.ts';
import { Defect } from '../../engine/results/errors.ts';
import type { Fold, StreamView } from './streamFold.ts';
import { createStreamFold } from './streamFold.ts';
import { useStable } from './useStable.ts';
import { useWorkbench } from './workbench.ts';

export interface Streamed<T, R> extends StreamView<T, R> {
  /** Ends the call and keeps what came. */
  readonly cancel: () => void;
  /** Asks once more. */
  readonly again: () => void;
}

/**
 * `call`, `fold` and `initial` are those of the first render. A request that says the same as the one before is the same;
 * null asks nothing. While a new request is computed the value of the one before stays, with `stale` true.
 */
export function useStream<C extends StreamName, T>(
  call: C,
  request: RequestOf<C> | null,
  fold: Fold<C, T>,
  initial: T,
): Streamed<T, ResultOf<C>> {
  const { client, connection } = useWorkbench();
  const [folding] = useState(() => createStreamFold(client, call, fold, initial));
  const [tries, setTries] = useState(0);
  const asked = useStable(request);
  useEffect(() => {
    folding.ask(asked);
    return folding.dispose;
  }, [folding, asked, tries]);
  useEffect(
    () =>
      connection.store.subscribe(({ kind }) => {
        // What a lost connection broke off is asked again once there is another.
        if (kind === 'open' && folding.store.getState().error instanceof Defect) folding.ask(asked);
      }),
    [connection, folding, asked],
  );
  return { ...useStore(folding.store), cancel: folding.cancel, again: () => setTries((count) => count + 1) };
}
