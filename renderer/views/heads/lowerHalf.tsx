/** Below the matrix: attention and agreement, the map of heads that are alike, the ranked table, saved sets, the pinned head. */
import type { ReactElement } from 'react';
import { PaneContext } from '../../parts/paneContext.ts';
import { Tabs } from '../../parts/tabs.tsx';
import { Agreement } from './agreement.tsx';
import { AttentionPreview } from './attentionPreview.tsx';
import { Difference } from './difference.tsx';
import { Finder } from './finder.tsx';
import { useChangeSettings, useHeadsSettings } from './headsSettings.ts';
import { RankedTable } from './rankedTable.tsx';
import { SetList } from './setList.tsx';
import type { Shown } from './shown.ts';
import { SimilarityFace } from './similarityFace.tsx';
import { TopSlider } from './topSlider.tsx';

export function LowerHalf({ shown }: { readonly shown: Shown }): ReactElement {
  const tab = useHeadsSettings((settings) => settings.tab);
  const change = useChangeSettings();
  return (
    <Tabs
      label="Below the matrix"
      value={tab}
      onChange={(next) => change({ tab: next })}
      tabs={[
        { value: 'overview', title: 'Attention and agreement', content: () => <Overview shown={shown} /> },
        { value: 'map', title: 'Map', content: () => <MapTab shown={shown} /> },
        { value: 'table', title: 'Ranked', content: () => <RankedTable shown={shown} /> },
        { value: 'sets', title: 'Sets', content: () => <SetList /> },
        { value: 'difference', title: 'Compare', content: () => <Difference /> },
      ]}
      aside={
        <>
          <TopSlider total={shown.cells.count} />
          <Finder heads={shown.heads} />
        </>
      }
    />
  );
}

/** A panel that is no pane: its menu holds nothing of the pane's. */
function MapTab({ shown }: { readonly shown: Shown }): ReactElement {
  return (
    <PaneContext value={null}>
      <SimilarityFace heads={shown.heads} measure={shown.measure} />
    </PaneContext>
  );
}

/** Two panels that are no panes: their menus hold nothing of the pane's. */
function Overview({ shown }: { readonly shown: Shown }): ReactElement {
  return (
    <PaneContext value={null}>
      <div className="heads-overview">
        <AttentionPreview />
        <Agreement heads={shown.heads} measure={shown.measure} />
      </div>
    </PaneContext>
  );
}
