/** Named sets of heads: apply, unite, take away, rename, note, delete; a deleted one can be brought back. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { HeadSet } from '../../../engine/results/workbench.ts';
import { useModelInfo, useSelection } from '../../api/hooks.ts';
import { useHeadSets } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { SetRow } from './setRow.tsx';
import { useSetCalls } from './useSetCalls.ts';

export function SetList(): ReactElement {
  const { data, error, refetch } = useHeadSets();
  const [deleted, setDeleted] = useState<HeadSet | null>(null);
  const info = useModelInfo();
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Reading the saved sets" />;
  const isOf = ({ model }: HeadSet) => model.fingerprint === info?.fingerprint;
  const own = data.sets.filter(isOf);
  const others = data.sets.filter((set) => !isOf(set));
  return (
    <div className="heads-sets">
      <SaveLine />
      {deleted !== null && <Deleted set={deleted} onDone={() => setDeleted(null)} />}
      {own.length === 0 && deleted === null && (
        <Empty title="No set of this model is saved">
          Paint heads in the matrix, or choose them with Space, then press S. Sets are files in the project.
        </Empty>
      )}
      {own.map((set) => (
        <SetRow key={set.name} set={set} onDeleted={setDeleted} />
      ))}
      {others.length > 0 && (
        <p className="heads-quiet">{`${others.length} of other models: ${others.map(({ name }) => name).join(', ')}`}</p>
      )}
    </div>
  );
}

function SaveLine(): ReactElement {
  const { dialogs, selection } = useWorkbench();
  const count = useSelection((state) => state.set.length);
  return (
    <div className="heads-line">
      <span>{count === 0 ? 'The set is empty' : `${count} ${count === 1 ? 'head' : 'heads'} in the set`}</span>
      <Button disabled={count === 0} onClick={() => dialogs.show({ kind: 'saveSet' })}>
        Save as
      </Button>
      <Button look="plain" disabled={count === 0} onClick={selection.clear}>
        Clear
      </Button>
    </div>
  );
}

function Deleted({ set, onDone }: { readonly set: HeadSet; readonly onDone: () => void }): ReactElement {
  const { save } = useSetCalls();
  return (
    <div className="heads-line" role="status">
      <span>{`Deleted “${set.name}”`}</span>
      <Button onClick={() => save(set, onDone)}>Bring back</Button>
      <Button look="plain" onClick={onDone}>
        Dismiss
      </Button>
    </div>
  );
}
