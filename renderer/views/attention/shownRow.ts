/** The row that is listed beside a map: what a query looks at, or who looks at a key. */
import { useMemo } from 'react';
import { useSelection } from '../../api/hooks.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { Compared } from './comparison.ts';
import type { Reader, RowKey } from './reader.ts';
import type { AttentionSettings } from './settings.ts';
import { useRow } from './useRow.ts';

export interface ShownRow {
  readonly side: RowKey['side'];
  readonly position: number;
  /** [tokens]; null until it has come. */
  readonly values: Float32Array | null;
}

export function useShownRow(
  side: AttentionSettings['side'],
  tokens: number,
  { a, b }: Pick<Compared, 'a' | 'b'>,
  readers: { readonly a: Reader | null; readonly b: Reader | null },
): ShownRow {
  const position = usePosition(side, tokens);
  const keyOf = (head: HeadRef): RowKey => ({ ...head, side, position });
  const left = useRow(readers.a, keyOf(a.head));
  const right = useRow(readers.b, keyOf((b ?? a).head));
  const isDifference = b !== null;
  const values = useMemo(() => {
    if (!isDifference || left === null) return left;
    return right === null ? null : left.map((value, i) => value - (right[i] ?? NaN));
  }, [left, right, isDifference]);
  return { side, position, values };
}

/** What is chosen, else the last token: it is the one that predicts. */
function usePosition(side: AttentionSettings['side'], tokens: number): number {
  const query = useSelection((state) => state.query);
  const key = useSelection((state) => state.key);
  const chosen = side === 'looksAt' ? query : (key ?? query);
  return Math.min(tokens - 1, chosen ?? tokens - 1);
}
