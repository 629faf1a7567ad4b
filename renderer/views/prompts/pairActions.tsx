/** What can be done with the chosen row; prompts of a task become a file of one's own first. */
import type { ReactElement } from 'react';
import { attempt } from '../../api/attempt.ts';
import { useModelInfo, useWorkspace } from '../../api/hooks.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Segments } from '../../parts/segments.tsx';
import { addedBosOf } from './addedBos.ts';
import { draftOfRow } from './draft.ts';
import { promptFileOf } from './exportPrompts.ts';
import { linesOf, rowAt, withoutRow, withRowTwice } from './promptFile.ts';
import { promptsSettings, useChangePrompts, usePromptsSettings } from './promptsSettings.ts';
import { rowOfPair, textOf } from './rowsOfPairs.ts';
import { useChosenPair } from './useChosenPair.ts';

export function PairActions({ total }: { readonly total: number }): ReactElement {
  const workbench = useWorkbench();
  const { workspace } = workbench;
  const prompts = useWorkspace((state) => state.prompts);
  const index = useWorkspace((state) => state.promptIndex);
  const pair = useChosenPair();
  const info = useModelInfo();
  const addedBos = info === null ? null : addedBosOf(info);
  const side = usePromptsSettings((settings) => settings.side);
  const change = useChangePrompts();
  const file = prompts?.kind === 'file' ? prompts.file : null;
  const setText = (text: string, promptIndex: number) => {
    if (file !== null) workspace.set({ prompts: { kind: 'file', file: { ...file, text } }, promptIndex });
  };
  const go = (to: number) => workspace.set({ promptIndex: to });
  const edit = () => {
    if (pair === null) return;
    const row = file === null ? rowOfPair(pair, addedBos) : (rowAt(file.text, index) ?? {});
    const shown = {
      text: textOf(pair.clean, addedBos) ?? '',
      corrupt: textOf(pair.corrupt ?? [], addedBos) ?? '',
      answer: pair.answers.join('|'),
      wrong: pair.wrong.join('|'),
    };
    change({ mode: 'own', draft: draftOfRow(row, file === null ? null : index, shown) });
  };
  return (
    <div className="pair-actions">
      <IconButton icon="left" label="Prompt before" disabled={index <= 0} onClick={() => go(index - 1)} />
      <span className="prompts-count">{`${index + 1} of ${total}`}</span>
      <IconButton icon="right" label="Prompt after" disabled={index >= total - 1} onClick={() => go(index + 1)} />
      <Segments
        label="Side that is looked at below"
        value={pair?.corrupt === null ? 'clean' : side}
        options={[
          { value: 'clean', title: 'Clean' },
          { value: 'corrupt', title: 'Corrupt', disabled: pair?.corrupt === null },
        ]}
        onChange={(next) => change({ side: next })}
      />
      <span className="pair-end">
        <Button look="plain" disabled={pair === null} onClick={edit}>
          {file === null ? 'Edit a copy' : 'Edit'}
        </Button>
        {file === null ? (
          <Button look="plain" onClick={() => attempt(workbench, () => makeFile(workbench))}>
            Make it a file
          </Button>
        ) : (
          <>
            <Button look="plain" onClick={() => setText(withRowTwice(file.text, index), index + 1)}>
              Duplicate
            </Button>
            <Button
              look="plain"
              disabled={linesOf(file.text).length < 2}
              onClick={() => setText(withoutRow(file.text, index), Math.max(0, Math.min(index, total - 2)))}
            >
              Remove
            </Button>
          </>
        )}
      </span>
    </div>
  );
}

/** The same prompts, to be edited row by row. */
async function makeFile(workbench: Workbench): Promise<void> {
  const { model, prompts, promptIndex } = workbench.workspace.store.getState();
  if (model === null || prompts === null) return;
  const file = await promptFileOf(workbench, model, prompts);
  promptsSettings(workbench).setState({ imported: null });
  workbench.workspace.set({ prompts: { kind: 'file', file }, promptIndex });
}
