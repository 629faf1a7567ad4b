/** Which heads are alike: before it is asked, while it is computed, and as a map. */
import type { ReactElement } from 'react';
import { useIsResident, useWorkspace } from '../../api/hooks.ts';
import type { HeadMeasure } from '../../api/headMeasure.ts';
import { promptsName } from '../../api/jobs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { CancelledState, Empty, ErrorState } from '../../parts/states.tsx';
import type { MeasuredOn } from '../../state/workspace.ts';
import { measuredOn } from '../../state/workspace.ts';
import { SimilarityControls } from './similarityControls.tsx';
import { SimilarityPoints } from './similarityPoints.tsx';
import type { SimilarityProgress } from './similarityStore.ts';
import { isAskedOn, similarityStore, useSimilarity, useSimilaritySettings } from './similarityStore.ts';

/** Heads that a map can have: all similarities are 16 MB then. The engine refuses more too. */
const MOST_HEADS = 2048;

interface SimilarityFaceProps {
  readonly heads: HeadShape;
  readonly measure: HeadMeasure | null;
}

export function SimilarityFace({ heads, measure }: SimilarityFaceProps): ReactElement {
  const on = useMeasuredOn();
  const { status, result } = useSimilarity();
  const { asked, plane } = useSimilaritySettings();
  const count = heads.layers * heads.heads;
  const controls = <SimilarityControls on={on} count={count} />;
  if (asked !== null && isAskedOn(asked, on) && status === 'done' && result !== null) {
    return <SimilarityPoints map={result} {...{ asked, plane, measure, controls }} />;
  }
  return (
    <Panel title="Similarity" className="heads-similarity" controls={count > MOST_HEADS ? null : controls}>
      {count > MOST_HEADS ? (
        <Empty title={`${count} heads are too many for a map`}>
          A map compares every head with every other: at most {MOST_HEADS} heads.
        </Empty>
      ) : (
        <NotDrawn on={on} />
      )}
    </Panel>
  );
}

function useMeasuredOn(): MeasuredOn | null {
  const { workspace } = useWorkbench();
  const model = useWorkspace((state) => state.model);
  const prompts = useWorkspace((state) => state.prompts);
  return measuredOn({ ...workspace.store.getState(), model, prompts });
}

function NotDrawn({ on }: { readonly on: MeasuredOn | null }): ReactElement {
  const workbench = useWorkbench();
  const { draw } = similarityStore(workbench);
  const { status, value, error } = useSimilarity();
  const { asked } = useSimilaritySettings();
  const isResident = useIsResident();
  if (on === null) return <NoPrompts />;
  const isCurrent = isAskedOn(asked, on);
  if (isCurrent && (status === 'loading' || status === 'partial')) return <Computing progress={value} />;
  if (!isResident) return <NotOpen path={on.model} />;
  const again = () => draw(on);
  if (isCurrent && status === 'error' && error !== null) return <ErrorState error={error} onRetry={again} />;
  if (isCurrent && status === 'cancelled') return <CancelledState onAgain={again} />;
  const action = (
    <Button look="primary" onClick={again}>
      Draw the map
    </Button>
  );
  return (
    <Empty title="Which heads are alike" action={action}>
      Every head a point, near those that attend, write or score as it does on {promptsName(on.prompts)}.
    </Empty>
  );
}

function Computing({ progress }: { readonly progress: SimilarityProgress }): ReactElement {
  const { fold } = similarityStore(useWorkbench());
  const words = progress === null ? 'Comparing heads' : `Reading prompts: ${progress.done} of ${progress.total}`;
  return (
    <div className="state" role="status">
      <p className="state-text">{words}</p>
      <div className="heads-map-progress">
        <ProgressBar label="Map of heads" done={progress?.done ?? 0} total={progress?.total ?? null} />
      </div>
      <Button onClick={fold.cancel}>Cancel</Button>
    </div>
  );
}

function NoPrompts(): ReactElement {
  const { dialogs } = useWorkbench();
  const choose = () => dialogs.show({ kind: 'palette', page: 'prompts' });
  return (
    <Empty title="No prompts are chosen" action={<Button onClick={choose}>Choose prompts</Button>}>
      Heads are compared by what they do on prompts.
    </Empty>
  );
}

function NotOpen({ path }: { readonly path: string }): ReactElement {
  const { dialogs } = useWorkbench();
  const open = () => dialogs.show({ kind: 'openModel', path });
  return (
    <Empty title="The model is not in memory" action={<Button onClick={open}>Open it</Button>}>
      A map is computed by the model.
    </Empty>
  );
}
