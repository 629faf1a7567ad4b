/** A clean prompt and its corrupt twin, position by position, so that each token stands above its twin. */
import type { TokenInfo } from '../../../engine/results/promptSets.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { markToken } from './markToken.ts';

export interface PairColumn {
  readonly position: number;
  /** What is written; null where this prompt has ended. */
  readonly clean: string | null;
  readonly corrupt: string | null;
  readonly differs: boolean;
  /** Characters of the wider one. */
  readonly width: number;
}

export interface PairColumns {
  readonly columns: readonly PairColumn[];
  /** Positions left out before and after. */
  readonly before: number;
  readonly after: number;
}

interface Pair {
  readonly clean: readonly TokenInfo[];
  readonly corrupt: readonly TokenInfo[] | null;
}

/** Columns before the first that differs. */
const LEAD = 6;

/** At most `most` columns, around the first position that differs, else from the beginning. */
export function pairColumns({ clean, corrupt }: Pair, most: number): PairColumns {
  const length = Math.max(clean.length, corrupt?.length ?? 0);
  const differing = firstDifference(clean, corrupt);
  const from = length <= most ? 0 : Math.max(0, Math.min(differing - LEAD, length - most));
  const to = Math.min(length, from + most);
  const columns = Array.from({ length: to - from }, (_, i) =>
    column(from + i, clean[from + i], corrupt?.[from + i], corrupt !== null),
  );
  return { columns, before: from, after: length - to };
}

function firstDifference(clean: readonly TokenInfo[], corrupt: readonly TokenInfo[] | null): number {
  if (corrupt === null) return 0;
  const at = clean.findIndex(({ id }, i) => corrupt[i]?.id !== id);
  return at < 0 ? 0 : at;
}

function column(
  position: number,
  clean: TokenInfo | undefined,
  corrupt: TokenInfo | undefined,
  isPair: boolean,
): PairColumn {
  const [above, below] = [written(clean), written(corrupt)];
  return {
    position,
    clean: above,
    corrupt: below,
    differs: isPair && clean?.id !== corrupt?.id,
    width: Math.max(1, Array.from(above ?? '').length, Array.from(below ?? '').length),
  };
}

function written(token: TokenInfo | undefined): string | null {
  return token === undefined ? null : tokenLabel(markToken(token));
}
