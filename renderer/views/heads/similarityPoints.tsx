/** The map itself: each head a point, in the colours of the measure that the matrix shows, linked to it both ways. */
import type { ReactElement, Ref } from 'react';
import { useCallback, useMemo, useRef } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useSelection } from '../../api/hooks.ts';
import type { HeadMeasure } from '../../api/headMeasure.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Scatter } from '../../marks/scatter/scatter.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { headName } from '../../state/headNames.ts';
import { useShownScale, useVersion } from './shown.ts';
import { headAt, pointsOf, similarityCsv, similarityRows } from './similarityRows.ts';
import type { SimilarityMap, SimilarityRequest, SimilaritySettings } from './similarityStore.ts';
import { SimilarityTable } from './similarityTable.tsx';
import { axisTitles, mapCaption } from './similarityWords.ts';

interface SimilarityPointsProps {
  readonly map: SimilarityMap;
  readonly asked: SimilarityRequest;
  readonly plane: SimilaritySettings['plane'];
  /** Null where nothing is measured: the points have no colour then. */
  readonly measure: HeadMeasure | null;
  readonly controls: ReactElement;
}

export function SimilarityPoints({ map, asked, plane, measure, controls }: SimilarityPointsProps): ReactElement {
  const picture = useRef<Picture>(null);
  const axes = useMemo(() => axisTitles(map, plane), [map, plane]);
  const points = useMemo(() => pointsOf(map, plane), [map, plane]);
  const rows = () => (points === null ? [] : similarityRows(map, points, measure));
  return (
    <Panel
      title="Similarity"
      className="heads-similarity"
      controls={controls}
      aside={measure !== null && <span className="heads-quiet">{colourWords(measure)}</span>}
      exports={{
        name: `similarity-${map.feature}-${plane}`,
        csv: () => similarityCsv(rows(), axes, measure),
        picture: () => picture.current,
      }}
      table={() => <SimilarityTable rows={rows()} axes={axes} measure={measure} />}
    >
      {points === null ? (
        <Empty title={`Too few heads for ${asked.neighbours} neighbours each`}>
          UMAP needs more heads than neighbours. Choose fewer, or PCA.
        </Empty>
      ) : (
        <div className="heads-map">
          <FitBox>
            {(size) => (
              <Points
                {...{ map, axes, points, measure, size, picture }}
                label={`Heads by likeness, ${plane === 'pca' ? 'PCA' : 'UMAP'}`}
              />
            )}
          </FitBox>
          <p className="heads-map-caption">{mapCaption(map, asked, plane)}</p>
        </div>
      )}
    </Panel>
  );
}

/** A head has the colour of its group where the measure is one of groups. */
function colourWords({ title, of }: HeadMeasure): string {
  const isSaid = of === 'head' || title.includes('KV group');
  return `colour: ${title}${isSaid ? '' : ' of its KV group'}`;
}

interface PointsProps extends Pick<SimilarityPointsProps, 'map' | 'measure'> {
  readonly axes: readonly [x: string, y: string];
  readonly points: NonNullable<ReturnType<typeof pointsOf>>;
  readonly size: { readonly width: number; readonly height: number };
  readonly picture: Ref<Picture>;
  readonly label: string;
}

function Points({ map, axes, points, measure, size, picture, label }: PointsProps): ReactElement {
  const { selection } = useWorkbench();
  const colour = useColour(measure);
  const chosen = useChosen(map);
  const name = useCallback((index: number) => headName(headAt(map, index)), [map]);
  const [x, y] = useMemo(
    () => [
      { title: axes[0], values: points.x },
      { title: axes[1], values: points.y },
    ],
    [axes, points],
  );
  if (x === undefined || y === undefined) throw new RangeError('a plane has two axes');
  return (
    <Scatter
      {...size}
      {...chosen}
      {...{ x, y, name, colour, label }}
      ref={picture}
      highlight={selection.hover}
      onHover={selection.hover.set}
      onPrimary={(index) => selection.setPrimary(headAt(map, index))}
      onToggle={(index) => selection.toggle(headAt(map, index))}
      onLasso={(indices) => selection.setSet(indices.map((index) => headAt(map, index)))}
    />
  );
}

/** A copy at each change: the drawing compares arrays. */
function useColour(measure: HeadMeasure | null) {
  const version = useVersion(measure);
  const scale = useShownScale(measure);
  return useMemo(() => {
    void version;
    return measure === null ? null : { values: measure.values.slice(), scale };
  }, [measure, scale, version]);
}

function useChosen({ heads }: Pick<SimilarityMap, 'heads'>) {
  const set = useSelection((state) => state.set);
  const primary = useSelection((state) => state.primary);
  const pinned = useSelection((state) => state.pinned);
  return useMemo(() => {
    const at = (head: HeadRef) => head.layer * heads + head.head;
    const orNull = (head: HeadRef | null) => (head === null ? null : at(head));
    return { set: new Set(set.map(at)), primary: orNull(primary), pinned: orNull(pinned) };
  }, [heads, set, primary, pinned]);
}
