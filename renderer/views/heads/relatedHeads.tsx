/** In the inspector: the heads most like the primary one, by what the map was drawn of. */
import type { ReactElement } from 'react';
import { useModelInfo, useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatFixed } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { headName } from '../../state/headNames.ts';
import { useChangeSettings } from './headsSettings.ts';
import type { Neighbour } from './similarityRows.ts';
import { neighboursOf } from './similarityRows.ts';
import type { SimilarityMap } from './similarityStore.ts';
import { useSimilarity } from './similarityStore.ts';
import { featureWords } from './similarityWords.ts';

/** Heads that are listed. */
const MOST = 6;

export function RelatedHeads(): ReactElement | null {
  const primary = useSelection((state) => state.primary);
  const map = useMapOfModel();
  if (primary === null) return null;
  const title = `Heads like ${headName(primary)}`;
  if (map === null) return <NoMap title={title} />;
  const list = neighboursOf(map, primary.layer * map.heads + primary.head, MOST);
  return (
    <Section title={title} aside={`${featureWords[map.feature].title.toLowerCase()}, cosine`}>
      <ol className="heads-related">
        {list.map((neighbour) => (
          <Related key={neighbour.at} neighbour={neighbour} />
        ))}
      </ol>
      <p className="heads-quiet">{`${map.prompts.dataset}, n ${map.prompts.n}; ${featureWords[map.feature].about}`}</p>
    </Section>
  );
}

/** The map that was drawn, where it is one of the model that is looked at. */
function useMapOfModel(): SimilarityMap | null {
  const { status, result } = useSimilarity();
  const fingerprint = useModelInfo()?.fingerprint;
  return status === 'done' && result !== null && result.model.fingerprint === fingerprint ? result : null;
}

function NoMap({ title }: { readonly title: string }): ReactElement {
  const change = useChangeSettings();
  return (
    <Section title={title}>
      <Button look="plain" onClick={() => change({ tab: 'map' })}>
        Draw the map of heads to see them
      </Button>
    </Section>
  );
}

function Related({ neighbour: { head, at, similarity } }: { readonly neighbour: Neighbour }): ReactElement {
  const { selection } = useWorkbench();
  return (
    <li>
      <button
        type="button"
        onClick={() => selection.setPrimary(head)}
        onPointerEnter={() => selection.hover.set(at)}
        onPointerLeave={() => selection.hover.set(null)}
      >
        <code>{headName(head)}</code>
        <span className="heads-bar">
          <span style={{ width: `${100 * Math.max(0, similarity)}%` }} />
        </span>
        <span>{formatFixed(similarity, 2)}</span>
      </button>
    </li>
  );
}
