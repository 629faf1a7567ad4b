/** Gives the set of heads a name and keeps it in the project. */
import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import type { HeadSet } from '../../engine/results/workbench.ts';
import { useModelInfo, useSelection } from '../api/hooks.ts';
import { useHeadSets } from '../api/queries.ts';
import { useWorkbench } from '../api/workbench.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { TextInput } from '../parts/input.tsx';
import { headName } from '../state/headNames.ts';

export function SaveSetDialog(): ReactElement {
  const { client, dialogs } = useWorkbench();
  const heads = useSelection((state) => state.set);
  const info = useModelInfo();
  const { data } = useHeadSets();
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const [error, setError] = useState<string | null>(null);
  const isTaken = data?.sets.some((set) => set.name === name.trim()) ?? false;
  const canSave = name.trim() !== '' && info !== null && heads.length > 0;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!canSave) return;
    const model = { name: info.name, fingerprint: info.fingerprint };
    const set: HeadSet = { version: 1, name: name.trim(), model, heads, note, created: new Date().toISOString() };
    try {
      await client.headSet({ action: 'save', set });
      dialogs.close();
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
    }
  };
  return (
    <Dialog
      isOpen
      onClose={dialogs.close}
      title={`Save a set of ${heads.length} ${heads.length === 1 ? 'head' : 'heads'}`}
      about={heads.slice(0, 24).map(headName).join(' ')}
    >
      <form onSubmit={(event) => void save(event)} className="form">
        <Field label="Name" error={error} hint={isTaken ? 'Replaces the set of this name.' : 'A file in the project.'}>
          {(ids) => <TextInput {...ids} value={name} onChange={setName} maxLength={200} />}
        </Field>
        <Field label="Note">{(ids) => <TextInput {...ids} value={note} onChange={setNote} />}</Field>
        <div className="form-actions">
          <Button onClick={dialogs.close}>Cancel</Button>
          <button type="submit" className="button" data-look="primary" disabled={!canSave}>
            {isTaken ? 'Replace' : 'Save'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
