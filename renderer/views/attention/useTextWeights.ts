/** Rows and columns of whichever token is looked from; those of one that is no longer are not fetched any further. */
import { useEffect, useMemo } from 'react';
import type { Asker } from './lazyStore.ts';
import { largestSize } from './pyramid.ts';
import type { Reader, RowKey } from './reader.ts';
import type { Scene } from './scene.ts';

export interface TextWeights {
  readonly out: (token: number) => Float32Array | null;
  readonly into: (token: number) => Float32Array | null;
  readonly subscribe: (listener: () => void) => () => void;
}

export function useTextWeights({ reader, head: { layer, head }, settings }: Scene): TextWeights {
  const isShare = settings.measure === 'pattern';
  const skip = settings.hideSink ? 1 : 0;
  const asker = useMemo(() => reader.rows.asker(), [reader]);
  useEffect(() => () => asker.ask([]), [asker]);
  return useMemo(
    () => textWeights(reader, asker, { layer, head, isShare, skip }),
    [reader, asker, layer, head, isShare, skip],
  );
}

interface Look extends Pick<RowKey, 'layer' | 'head'> {
  /** Weights are shares of a row as they are; others are shown as shares of the largest. */
  readonly isShare: boolean;
  /** First keys that are left out. */
  readonly skip: number;
}

function textWeights({ rows, tokens }: Reader, asker: Asker<RowKey>, look: Look): TextWeights {
  const { layer, head, isShare, skip } = look;
  const keyOf = (side: RowKey['side'], position: number): RowKey => ({ layer, head, side, position });
  /** One painting colours many tokens from one: it is asked for once. */
  let last: { readonly position: number; out: Float32Array | null; into: Float32Array | null } | null = null;
  const lookFrom = (position: number) => {
    if (last?.position !== position) {
      last = { position, out: null, into: position < skip ? new Float32Array(tokens) : null };
      asker.ask([keyOf('looksAt', position), keyOf('seenBy', position)]);
    }
    last.out ??= shownWeights(rows.peek(keyOf('looksAt', position)), isShare, skip);
    last.into ??= shownWeights(rows.peek(keyOf('seenBy', position)), isShare, 0);
    return last;
  };
  return { out: (token) => lookFrom(token).out, into: (token) => lookFrom(token).into, subscribe: rows.subscribe };
}

function shownWeights(row: Float32Array | null, isShare: boolean, skip: number): Float32Array | null {
  if (row === null) return null;
  const kept = row.slice().fill(0, 0, skip);
  const largest = largestSize(kept);
  return isShare || largest === 0 ? kept : kept.map((value) => value / largest);
}
