/** What each layer's stream would predict at each position, were it the last (nostalgebraist 2020). */
import type { ReactElement } from 'react';
import { useMemo, useRef, useState } from 'react';
import { FitBox } from '../../marks/fitBox.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Panel } from '../../parts/panel.tsx';
import { CancelledState, ErrorState, Loading, PartialNote } from '../../parts/states.tsx';
import { FacePicker } from './facePicker.tsx';
import { LensBody } from './lensBody.tsx';
import { LensControls } from './lensControls.tsx';
import { lensCsv, lensRows } from './lensRows.ts';
import { LensTableFace } from './lensTableFace.tsx';
import { lensWindow } from './lensValues.ts';
import { useLens } from './useLens.ts';
import type { Target } from './useTarget.ts';

/** Pixels that a column needs for its token to be read. */
const COLUMN = 58;
/** Names of layers, and the list beside the grid. */
const NAMES = 62;
const LIST = 220;
/** Narrower than this the list stands below. */
const NARROW = 640;

export function LensFace({ target }: { readonly target: Target }): ReactElement {
  return (
    <FitBox>
      {({ width }) => {
        const room = width - NAMES - (width < NARROW ? 0 : LIST);
        return <LensPanel target={target} columns={Math.max(1, Math.floor(room / COLUMN))} />;
      }}
    </FitBox>
  );
}

interface LensPanelProps {
  readonly target: Target;
  readonly columns: number;
}

/** Of a long prompt only the positions in view are read. */
function LensPanel({ target, columns }: LensPanelProps): ReactElement {
  const [from, setFrom] = useState<number | null>(null);
  const { length } = target.ids;
  const positions = useMemo(
    () => lensWindow(length, columns, from, target.answerPosition),
    [length, columns, from, target.answerPosition],
  );
  const { stream, layers } = useLens(target, positions);
  const picture = useRef<Picture>(null);
  const { value, status, error, again } = stream;
  const rows = () => lensRows(value, layers, positions, target.tokens);
  const known = value.layers.length;
  return (
    <Panel
      title="Predictions"
      controls={
        <>
          <FacePicker />
          <LensControls target={target} />
        </>
      }
      caption={`${target.name}; one prompt is an example`}
      aside={status === 'partial' && known > 0 && <PartialNote known={known} total={layers.length} of="rows" />}
      exports={{ name: 'logit-lens', csv: () => lensCsv(rows()), picture: () => picture.current }}
      table={() => <LensTableFace rows={rows()} />}
    >
      {error !== null && <ErrorState error={error} onRetry={again} />}
      {error === null && status === 'cancelled' && <CancelledState onAgain={again} />}
      {error === null && known === 0 && status !== 'cancelled' && <Loading what="Reading the layers" />}
      {error === null && known > 0 && <LensBody {...{ target, positions, layers, stream, picture }} onMove={setFrom} />}
    </Panel>
  );
}
