/** Of the primary head: what the last token of the shown prompt looks at. */
import type { ReactElement } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useSelection, useWorkspace } from '../../api/hooks.ts';
import { useAttentionRow } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { Section } from '../../parts/section.tsx';
import { headName } from '../../state/headNames.ts';
import { formatWeight } from './measureWords.ts';
import { TopList } from './topList.tsx';
import { topWeights } from './topWeights.ts';
import type { ReadyPrompt } from './useShownPrompt.ts';
import { useChosenPrompt } from './useShownPrompt.ts';

export function AttentionInspector(): ReactElement | null {
  const primary = useSelection((state) => state.primary);
  const shown = useChosenPrompt(true);
  if (primary === null || shown.kind !== 'ready') return null;
  return <LastToken head={primary} prompt={shown} />;
}

const MOST = 5;

function LastToken({ head, prompt }: { readonly head: HeadRef; readonly prompt: ReadyPrompt }): ReactElement | null {
  const { selection } = useWorkbench();
  const model = useWorkspace((state) => state.model);
  const last = prompt.ids.length - 1;
  const on = { prompt: { ids: prompt.ids }, measure: 'pattern', position: last, side: 'looksAt' } as const;
  const { data, error, isPlaceholderData } = useAttentionRow(model === null ? null : { ...model, ...head, ...on });
  const nameOf = (token: number) => tokenLabel(prompt.tokens[token] ?? { text: '' });
  const title = `\u201c${nameOf(last)}\u201d (${last}) attends to`;
  return (
    <Section title={title} aside={prompt.words}>
      {error !== null && <p className="attention-note">{error.message}</p>}
      {data === undefined ? (
        <p className="attention-note">Reading the row</p>
      ) : (
        <div className="attention-inspected" data-stale={isPlaceholderData}>
          <TopList
            label={`${headName(head)}: ${title}`}
            weights={topWeights(data.data, { most: MOST, least: 0.001 }).shown}
            limit={1}
            nameOf={nameOf}
            format={(value) => formatWeight(value, 'pattern', false)}
            onHover={selection.hoverToken.set}
            onChoose={(key) => selection.setTokens({ query: last, key })}
          />
          <p className="attention-note">Pattern after softmax: what is routed, not what matters.</p>
        </div>
      )}
    </Section>
  );
}
