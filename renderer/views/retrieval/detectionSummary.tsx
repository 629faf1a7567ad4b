/** The whole detection in one line: runs that count, shares of heads, whether the ranking has settled. */
import type { ReactElement } from 'react';
import { useRun } from '../../api/hooks.ts';
import { summaryWords } from './summaryWords.ts';

export function DetectionSummary({ run }: { readonly run: string }): ReactElement | null {
  const table = useRun(run)?.table;
  if (table?.kind !== 'retrieve') return null;
  return (
    <p className="retrieval-quiet" role="status">
      {summaryWords(table)}
    </p>
  );
}
