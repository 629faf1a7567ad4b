/** One saved set. */
import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import type { HeadSet } from '../../../engine/results/workbench.ts';
import { useSelection } from '../../api/hooks.ts';
import { useHeadSets } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { TextInput } from '../../parts/input.tsx';
import { Menu } from '../../parts/menu.tsx';
import { headName } from '../../state/headNames.ts';
import { uniteHeads, withoutHeads } from '../../state/headRefs.ts';
import { useSetCalls } from './useSetCalls.ts';

interface SetRowProps {
  readonly set: HeadSet;
  readonly onDeleted: (set: HeadSet) => void;
}

/** Names that fit a line. */
const NAMED = 10;

export function SetRow({ set, onDeleted }: SetRowProps): ReactElement {
  const { selection } = useWorkbench();
  const { remove } = useSetCalls();
  const [isEdited, setIsEdited] = useState(false);
  const current = useSelection((state) => state.set);
  const { heads, name, note } = set;
  const isApplied = heads.length === current.length && withoutHeads(heads, current).length === 0;
  const names = heads.slice(0, NAMED).map(headName).join(' ');
  if (isEdited) return <SetForm set={set} onDone={() => setIsEdited(false)} />;
  return (
    <div className="heads-set" data-applied={isApplied}>
      <div className="heads-set-words">
        <strong>{name}</strong>
        <span className="heads-quiet">{`${heads.length} ${heads.length === 1 ? 'head' : 'heads'}`}</span>
        <code>{heads.length > NAMED ? `${names} …` : names}</code>
        {note !== '' && <span className="heads-note">{note}</span>}
      </div>
      <Button disabled={isApplied} title="This becomes the set" onClick={() => selection.setSet(heads)}>
        Apply
      </Button>
      <Button
        look="plain"
        title="Adds these heads to the set"
        onClick={() => selection.setSet(uniteHeads(current, heads))}
      >
        Add
      </Button>
      <Menu
        label={`${name}: more`}
        trigger={<IconButton icon="more" label={`${name}: more`} />}
        items={[
          { title: 'Take these heads out of the set', onChoose: () => selection.remove(heads) },
          { title: 'Rename, or change the note', onChoose: () => setIsEdited(true) },
          {
            title: 'Delete',
            begins: true,
            onChoose: () => remove(name, () => onDeleted(set)),
          },
        ]}
      />
    </div>
  );
}

function SetForm({ set, onDone }: { readonly set: HeadSet; readonly onDone: () => void }): ReactElement {
  const { change } = useSetCalls();
  const { data } = useHeadSets();
  const [name, setName] = useState(set.name);
  const [note, setNote] = useState(set.note);
  const isTaken = name.trim() !== set.name && (data?.sets.some((other) => other.name === name.trim()) ?? false);
  const canSave = name.trim() !== '' && !isTaken;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (canSave) change(set, { name: name.trim(), note }, onDone);
  };
  return (
    <form className="heads-set heads-set-form" onSubmit={save}>
      <Field label="Name" error={isTaken ? 'Another set has this name.' : null}>
        {(ids) => <TextInput {...ids} value={name} onChange={setName} maxLength={200} />}
      </Field>
      <Field label="Note">{(ids) => <TextInput {...ids} value={note} onChange={setNote} />}</Field>
      <Button onClick={onDone}>Cancel</Button>
      <button type="submit" className="button" data-look="primary" disabled={!canSave}>
        Save
      </button>
    </form>
  );
}
