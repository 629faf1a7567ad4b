/** In the inspector: what the number that colours the matrix is. Scores, rank and set stand above it for every place. */
import type { ReactElement } from 'react';
import { useHeadMeasures, useWorkspace } from '../../api/hooks.ts';
import { FormulaCard } from './formulaCard.tsx';
import { RelatedHeads } from './relatedHeads.tsx';

export function HeadsInspector(): ReactElement {
  const id = useWorkspace((state) => state.measure);
  const measure = useHeadMeasures().find((candidate) => candidate.id === id) ?? null;
  return (
    <>
      {measure !== null && <FormulaCard measure={measure} />}
      <RelatedHeads />
    </>
  );
}
