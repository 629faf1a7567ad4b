/** Clean above corrupt, each token above its twin; where they differ is marked by more than colour. */
import type { ReactElement } from 'react';
import { memo } from 'react';
import type { TokenInfo } from '../../../engine/results/promptSets.ts';
import type { PairColumn } from './pairColumns.ts';
import { pairColumns } from './pairColumns.ts';

interface PairStripsProps {
  readonly clean: readonly TokenInfo[];
  readonly corrupt: readonly TokenInfo[] | null;
  /** Columns at most. */
  readonly most: number;
}

export const PairStrips = memo(function PairStrips({ clean, corrupt, most }: PairStripsProps): ReactElement {
  const { columns, before, after } = pairColumns({ clean, corrupt }, most);
  return (
    <span className="pair-strips">
      <Strip columns={columns} side="clean" before={before} after={after} />
      {corrupt !== null && <Strip columns={columns} side="corrupt" before={before} after={after} />}
    </span>
  );
});

interface StripProps {
  readonly columns: readonly PairColumn[];
  readonly side: 'clean' | 'corrupt';
  readonly before: number;
  readonly after: number;
}

function Strip({ columns, side, before, after }: StripProps): ReactElement {
  return (
    <span className="pair-strip">
      <span className="spoken">{`${side}: `}</span>
      {before > 0 && <span className="pair-more">{`… ${before} before`}</span>}
      {columns.map((column) => (
        <span
          key={column.position}
          className="pair-token"
          data-differs={column.differs}
          data-missing={column[side] === null}
          style={{ width: `calc(${column.width}ch + 4px)` }}
        >
          <bdi>{column[side] ?? '–'}</bdi>
        </span>
      ))}
      {after > 0 && <span className="pair-more">{`${after} after …`}</span>}
    </span>
  );
}
