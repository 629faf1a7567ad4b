/** All heads at once, small: a click chooses one. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import { useHeadMeasure, useWorkspace } from '../../api/hooks.ts';
import { rankHeads } from '../../api/rankHeads.ts';
import type { LiveMeasure } from '../../api/hooks.ts';
import type { Streamed } from '../../api/useStream.ts';
import { useStable } from '../../api/useStable.ts';
import { useStream } from '../../api/useStream.ts';
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import type { HeadShape } from '../../marks/headShape.ts';
import { cellName } from '../../marks/headShape.ts';
import type { Picture } from '../../marks/picture.ts';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { Button } from '../../parts/button.tsx';
import type { CsvCell } from '../../parts/csv.ts';
import { csvOf } from '../../parts/csv.ts';
import { Segments } from '../../parts/segments.tsx';
import { CancelledState, ErrorState, Loading } from '../../parts/states.tsx';
import { AttentionPanel } from './attentionPanel.tsx';
import type { FaceProps } from './mapFace.tsx';
import { MeasureSelect, SinkSwitch } from './viewOptions.tsx';
import type { Wall } from './wallFold.ts';
import { foldWall } from './wallFold.ts';
import { WallLine } from './wallLine.tsx';
import { OrderedWall } from './orderedWall.tsx';

/** Cells of a thumbnail along each axis. */
const SIZE = 64;

export function WallFace({ scene }: FaceProps): ReactElement {
  const { settings, change, prompt, reader, shape } = scene;
  const request = useMemo((): RequestOf<'attentionWall'> => ({ ...reader.subject, size: SIZE }), [reader]);
  const wall = useStream<'attentionWall', Wall | null>('attentionWall', request, foldWall, null);
  const measure = useHeadMeasure(useWorkspace((state) => state.measure));
  const picture = useRef<Picture>(null);
  return (
    <AttentionPanel
      {...scene}
      at={scene}
      options={
        <>
          <MeasureSelect {...{ settings, change }} />
          <SinkSwitch {...{ settings, change }} />
          <Segments
            label="Order"
            value={measure === null ? 'layer' : settings.order}
            options={[
              { value: 'layer', title: 'By layer' },
              {
                value: 'rank',
                title: measure === null ? 'By rank' : `By ${measure.short}`,
                disabled: measure === null,
              },
            ]}
            onChange={(order) => change({ order })}
          />
        </>
      }
      caption={`${prompt.words}: ${shape.layers * shape.heads} heads, a stronger colour is ${strength(settings.measure)}`}
      exports={{
        name: 'attention wall',
        csv: () => ranksCsv(shape, measure),
        picture: () => picture.current,
        isPixels: true,
      }}
    >
      <div className="attention-drawing">
        <div className="attention-fit" data-stale={wall.stale}>
          <WallBody {...{ scene, wall, measure, picture }} />
        </div>
        <WallStatus wall={wall} />
        <WallLine shape={shape} measure={measure} />
      </div>
    </AttentionPanel>
  );
}

function strength(measure: 'pattern' | 'valueWeighted'): string {
  return measure === 'pattern' ? 'a larger weight' : 'a larger share of its layer\u2019s largest';
}

type WallStream = Streamed<Wall | null, ResultOf<'attentionWall'>>;

interface WallBodyProps extends FaceProps {
  readonly wall: WallStream;
  readonly measure: LiveMeasure | null;
  readonly picture: { current: Picture | null };
}

function WallBody({ scene, wall, measure, picture }: WallBodyProps): ReactElement {
  const { shape, settings, head } = scene;
  const atlas = wall.value?.atlas ?? null;
  const isRanked = measure !== null && settings.order === 'rank';
  // The measure's numbers are written in place; the order is the same as long as it says the same.
  const ranked = useStable(isRanked ? rankHeads(measure) : null);
  if (wall.error !== null) return <ErrorState error={wall.error} onRetry={wall.again} />;
  if (atlas === null)
    return wall.status === 'cancelled' ? (
      <CancelledState onAgain={wall.again} />
    ) : (
      <Loading what="The first layer is on its way" />
    );
  return <FitBox>{(size) => <OrderedWall {...{ size, shape, atlas, ranked, head, picture }} />}</FitBox>;
}

function WallStatus({ wall }: { readonly wall: WallStream }): ReactElement | null {
  const { status, value, cancel, again } = wall;
  if (status === 'cancelled' && value?.atlas)
    return (
      <div className="attention-status">
        <span>{`Cancelled: ${value.done} of ${value.total} layers`}</span>
        <Button look="plain" onClick={again}>
          Run again
        </Button>
      </div>
    );
  if (status !== 'loading' && status !== 'partial') return null;
  const { done, total } = value ?? { done: 0, total: null };
  return (
    <div className="attention-status" data-late="true">
      <ProgressBar done={done} total={total} label="Layers that have come" />
      <span>{total === null ? 'waiting for its turn' : `${done} of ${total} layers`}</span>
      <Button look="plain" onClick={cancel}>
        Cancel
      </Button>
    </div>
  );
}

/** The heads in their order, for thumbnails are pictures and no numbers. */
function ranksCsv(shape: HeadShape, measure: LiveMeasure | null): string {
  const order =
    measure === null ? Array.from({ length: shape.layers * shape.heads }, (_, at) => at) : rankHeads(measure);
  const rows = order.map((at, rank): CsvCell[] => [rank + 1, cellName(shape, at), measure?.values[at] ?? null]);
  return csvOf(['rank', 'head', measure?.title ?? 'measure'], rows);
}
