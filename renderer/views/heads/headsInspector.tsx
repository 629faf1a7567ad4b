/** In the inspector: what the number that colours the matrix is. Scores, rank and set stand above it for every place. */
import type { ReactElement } from 'react';
import { useHeadMeasures, useWorkspace } from '../../api/hooks.ts';
import { FormulaCard } from './formulaCard.tsx';

export function HeadsInspector(): ReactElement | null {
  const id = useWorkspace((state) => state.measure);
  const measure = useHeadMeasures().find((candidate) => candidate.id === id) ?? null;
  return measure === null ? null : <FormulaCard measure={measure} />;
}
