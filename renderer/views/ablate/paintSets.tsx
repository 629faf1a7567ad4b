/** Under the matrix: what is painted, to save it, to apply a saved one, to clear it. */
import type { ReactElement } from 'react';
import { useModelInfo, useSelection } from '../../api/hooks.ts';
import { useHeadSets } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Select } from '../../parts/select.tsx';
import { clearPainted, countWords, nameWords, sizeOf, usePainted } from './painted.ts';

export function PaintSets(): ReactElement {
  const workbench = useWorkbench();
  const { dialogs } = workbench;
  const painted = usePainted();
  const heads = useSelection((state) => state.set.length);
  const isEmpty = sizeOf(painted) === 0;
  return (
    <div className="ablate-sets">
      <span className="ablate-painted" title={nameWords(painted, 1000)}>
        {isEmpty ? 'Nothing is painted' : `${countWords(painted)}: ${nameWords(painted)}`}
      </span>
      <SavedSets />
      <Button
        disabled={heads === 0}
        title="Heads are saved; MLPs and layers are not part of a head set"
        onClick={() => dialogs.show({ kind: 'saveSet' })}
      >
        Save heads as a set
      </Button>
      <Button look="plain" disabled={isEmpty} onClick={() => clearPainted(workbench)}>
        Clear
      </Button>
    </div>
  );
}

function SavedSets(): ReactElement | null {
  const { selection } = useWorkbench();
  const info = useModelInfo();
  const { data } = useHeadSets();
  const own = (data?.sets ?? []).filter(({ model }) => model.fingerprint === info?.fingerprint);
  if (own.length === 0) return null;
  return (
    <Select
      label="Paint a saved set"
      placeholder="Paint a saved set"
      value={null}
      options={own.map(({ name, heads }) => ({ value: name, title: name, detail: `${heads.length}` }))}
      onChange={(name) => selection.setSet(own.find((set) => set.name === name)?.heads ?? [])}
    />
  );
}
