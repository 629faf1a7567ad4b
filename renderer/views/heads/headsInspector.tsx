/**
 * In the inspector: the head's pattern tags, the heads it composes with, what the number is that colours the matrix, and
 * the heads like it. Scores, rank and set stand above it for every place.
 */
import type { ReactElement } from 'react';
import { useHeadMeasures, useWorkspace } from '../../api/hooks.ts';
import { CompositionSection } from './compositionSection.tsx';
import { FormulaCard } from './formulaCard.tsx';
import './headsInspector.css';
import { ImportedCard } from './importedCard.tsx';
import { RelatedHeads } from './relatedHeads.tsx';
import { TagSection } from './tagSection.tsx';

export function HeadsInspector(): ReactElement {
  return (
    <>
      <TagSection />
      <CompositionSection />
      <MeasureCard />
      <RelatedHeads />
    </>
  );
}

function MeasureCard(): ReactElement | null {
  const id = useWorkspace((state) => state.measure);
  const measure = useHeadMeasures().find((candidate) => candidate.id === id) ?? null;
  if (measure === null) return null;
  return measure.call === 'imported' ? <ImportedCard measure={measure} /> : <FormulaCard measure={measure} />;
}
