/** The weights of a short prompt as arcs. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { AttentionArcs } from '../../marks/attentionArcs.tsx';
import { FitBox } from '../../marks/fitBox.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { headName } from '../../state/headNames.ts';
import { AttentionPanel } from './attentionPanel.tsx';
import type { HeadMap } from './headMap.ts';
import { MapStatus } from './mapStatus.tsx';
import type { FaceProps } from './mapFace.tsx';
import { topLevel } from './pyramid.ts';
import { RowPanel } from './rowPanel.tsx';
import { useShownRow } from './shownRow.ts';
import { useHeadMap } from './useHeadMap.ts';
import { MeasureSelect, SinkSwitch, ThresholdSlider } from './viewOptions.tsx';
import { weightRows, weightsCsv } from './weightRows.ts';
import { WeightTable } from './weightTable.tsx';
import { useWeightWords } from './weightWords.ts';

/** More arcs than these can't be told apart. */
const MOST_TOKENS = 64;
/** Share of the scale below which arcs are not drawn where the user has set nothing. */
const FAINT = 0.05;

export function ArcsFace({ scene }: FaceProps): ReactElement {
  if (scene.reader.tokens <= MOST_TOKENS) return <ShortArcs scene={scene} />;
  return (
    <AttentionPanel {...scene} at={scene}>
      <Empty
        title={`Arcs are for ${MOST_TOKENS} tokens or fewer`}
        action={<Button onClick={() => scene.change({ mode: 'map' })}>Show the map</Button>}
      >
        {`This prompt has ${scene.reader.tokens}.`}
      </Empty>
    </AttentionPanel>
  );
}

function ShortArcs({ scene }: FaceProps): ReactElement {
  const { reader, head, settings, prompt } = scene;
  const compared = useMemo(
    () => ({ a: { subject: reader.subject, head }, b: null, words: headName(head) }),
    [reader, head],
  );
  const inUse = useHeadMap(reader, compared);
  const row = useShownRow(settings.side, reader.tokens, compared, { a: reader, b: null });
  const words = useWeightWords(scene, false);
  const picture = useRef<Picture>(null);
  const name = headName(head);
  const rows = () => (inUse === null ? [] : weightRows(inUse.map, row));
  const { change } = scene;
  return (
    <AttentionPanel
      {...scene}
      at={scene}
      options={
        <>
          <MeasureSelect {...{ settings, change }} />
          <SinkSwitch {...{ settings, change }} />
          <ThresholdSlider {...{ settings, change }} least={FAINT} />
        </>
      }
      caption={`${prompt.words}, ${words.measure}, from the query back to the key`}
      exports={{
        name: `attention arcs ${name}`,
        csv: () => weightsCsv(rows(), { ...words, words: name }),
        picture: () => picture.current,
      }}
      table={() => <WeightTable rows={rows()} label={`Attention of ${name}`} {...words} />}
    >
      <div className="attention-split">
        <div className="attention-drawing">
          {inUse !== null && <Arcs scene={scene} map={inUse.map} picture={picture} />}
        </div>
        <RowPanel {...{ scene, row }} {...words} limit={settings.measure === 'pattern' ? 1 : null} />
      </div>
    </AttentionPanel>
  );
}

interface ArcsProps extends FaceProps {
  readonly map: HeadMap;
  readonly picture: { current: Picture | null };
}

function Arcs({ scene, map, picture }: ArcsProps): ReactElement {
  const { selection } = useWorkbench();
  const { status, error, largest } = useStore(map.store);
  const query = useSelection((state) => state.query);
  const { tokens } = map;
  const values = useMemo(
    () => (status === 'done' ? sharesOf(map, largest, scene.settings.measure === 'pattern') : null),
    [map, status, largest, scene.settings.measure],
  );
  if (error !== null) return <ErrorState error={error} onRetry={map.retry} />;
  if (values === null && status === 'loading') return <Loading what="Reading the pattern" />;
  return (
    <div className="attention-fit">
      {values !== null && (
        <FitBox>
          {(size) => (
            <AttentionArcs
              {...size}
              tokens={scene.prompt.tokens}
              values={values}
              threshold={Math.max(FAINT, scene.settings.threshold)}
              token={query === null || query >= tokens ? null : query}
              onHover={selection.hoverToken.set}
              onToken={(token) =>
                selection.setTokens(query === token ? { query: null, key: null } : { query: token, key: token })
              }
              label={`Attention arcs of ${headName(scene.head)}`}
              ref={picture}
            />
          )}
        </FitBox>
      )}
      <MapStatus map={map} />
    </div>
  );
}

/** Weights as they are, or as shares of the largest where they have no fixed end. */
function sharesOf(map: HeadMap, largest: number, isShare: boolean): Float32Array | null {
  const { tokens } = map;
  const values = map.read({ level: topLevel(tokens), queries: [0, tokens], keys: [0, tokens] }, false);
  return isShare || largest === 0 ? values : (values?.map((value) => value / largest) ?? null);
}
