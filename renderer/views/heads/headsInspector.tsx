/** In the inspector: where the primary head attends, and what the number that colours the matrix is. */
import type { ReactElement } from 'react';
import { useHeadMeasures, useSelection, useWorkspace } from '../../api/hooks.ts';
import { Section } from '../../parts/section.tsx';
import { headName } from '../../state/headNames.ts';
import { FormulaCard } from './formulaCard.tsx';
import { useShownPrompt } from './shownPrompt.ts';
import { TopKeyList } from './topKeyList.tsx';

/** Keys that are listed. */
const KEYS = 6;

export function HeadsInspector(): ReactElement {
  const id = useWorkspace((state) => state.measure);
  const measure = useHeadMeasures().find((candidate) => candidate.id === id) ?? null;
  return (
    <>
      <AttendsTo />
      {measure !== null && <FormulaCard measure={measure} />}
    </>
  );
}

function AttendsTo(): ReactElement | null {
  const head = useSelection((state) => state.primary);
  const { prompt } = useShownPrompt();
  if (head === null || prompt === null) return null;
  return (
    <Section title={`Attention of ${headName(head)}`} aside={`prompt ${prompt.index + 1}, pattern`}>
      <TopKeyList head={head} prompt={prompt} measure="pattern" most={KEYS} />
    </Section>
  );
}
