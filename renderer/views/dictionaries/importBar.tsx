/** Takes another tool's dictionary into the project. */
import type { ReactElement, SyntheticEvent } from 'react';
import { useState } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { attempt } from '../../api/attempt.ts';
import { desktopBridge } from '../../api/desktopBridge.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { TextInput } from '../../parts/input.tsx';
import { freeName, takenNames } from './trainPlan.ts';
import { shelfCalls } from './useShelf.ts';

type Imported = ResultOf<'importDictionary'>;

interface ImportBarProps {
  /** Where dictionaries go, and what is there. */
  readonly folder: string;
  readonly cards: readonly Pick<DictionaryCard, 'name' | 'training'>[];
}

export function ImportBar({ folder, cards }: ImportBarProps): ReactElement {
  const workbench = useWorkbench();
  const [text, setText] = useState('');
  const [imported, setImported] = useState<Imported | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const path = text.trim();
  const bridge = desktopBridge();
  const take = async () => {
    setIsBusy(true);
    setImported(null);
    try {
      const request = { path, out: `${folder}/${freeName(importedName(path), takenNames(cards))}` };
      const result: Imported = await workbench.client.importDictionary(request);
      setImported(result);
      workbench.workspace.set({ dictionary: result.card.path, feature: null });
      for (const call of shelfCalls) await workbench.queries.invalidateQueries({ queryKey: [call] });
    } finally {
      setIsBusy(false);
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (path !== '' && !isBusy) attempt(workbench, take);
  };
  const choose = async () => {
    const chosen = (await bridge?.chooseFolder()) ?? null;
    if (chosen !== null) setText(chosen);
  };
  return (
    <form className="dict-import" onSubmit={submit}>
      <TextInput
        aria-label="Path of a dictionary to import"
        placeholder="Import: path of a SAELens folder, sparsify, dictionary_learning or Gemma Scope file"
        value={text}
        onChange={setText}
      />
      {bridge !== null && (
        <Button icon="folder" onClick={() => attempt(workbench, choose)}>
          Choose
        </Button>
      )}
      <Button disabled={path === '' || isBusy} onClick={submit}>
        {isBusy ? 'Importing' : 'Import'}
      </Button>
      {imported !== null && (
        <p className="sweeps-quiet" role="status">
          {`Imported ${imported.card.name} (${imported.format}). ${imported.notes.join(' ')}`}
        </p>
      )}
    </form>
  );
}

/** The last part of the path, without what a folder's name may not have. */
export function importedName(path: string): string {
  const last = path.split(/[/\\]/).findLast((part) => part !== '') ?? '';
  const name = last.replace(/\.(safetensors|npz)$/, '').replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  return name.replace(/^[^A-Za-z0-9]+/, '') || 'imported';
}
