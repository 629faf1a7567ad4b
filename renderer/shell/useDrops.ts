/** Files dropped on the window: a view is shown, prompts and scores of heads are read in, a model is opened (where its path can be known). */
import { useEffect } from 'react';
import { Fault } from '../../engine/terms/fault.ts';
import { attempt } from '../api/attempt.ts';
import { desktopBridge } from '../api/desktopBridge.ts';
import type { Workbench } from '../api/workbench.ts';
import { useWorkbench } from '../api/workbench.ts';
import { droppedScores } from './droppedScores.ts';
import { openViewFile } from './openViewFile.ts';

export function useDrops(): void {
  const workbench = useWorkbench();
  useEffect(() => {
    // Without this a browser leaves the page for the file.
    const allow = (event: DragEvent) => event.preventDefault();
    const drop = (event: DragEvent) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file === undefined || event.dataTransfer === null) return;
      const scores = droppedScores(event.dataTransfer);
      attempt(workbench, async () => {
        const source = await scores;
        if (source === null) await take(workbench, file);
        else workbench.dialogs.show({ kind: 'importScores', source });
      });
    };
    window.addEventListener('dragover', allow);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', allow);
      window.removeEventListener('drop', drop);
    };
  }, [workbench]);
}

/** Characters that the engine takes of a prompt file. */
const MOST = 64_000_000;

async function take(workbench: Workbench, file: File): Promise<void> {
  if (file.name.endsWith('.view.json')) return openViewFile(workbench, file);
  if (/\.(jsonl|csv)$/.test(file.name)) {
    if (file.size > MOST)
      throw new Fault({ what: 'the file is too long', where: file.name, expected: '64 MB at most' });
    const { file: prompts } = await workbench.client.importPrompts({ name: file.name, text: await file.text() });
    return workbench.workspace.set({ prompts: { kind: 'file', file: prompts } });
  }
  const path = desktopBridge()?.pathOfFile(file) ?? '';
  if (path === '') {
    const expected =
      'a .view.json, .jsonl or .csv file, or scores of heads (.json, .tsv, .npy, .txt); a model is opened by its path (Ctrl+O)';
    throw new Fault({ what: 'a browser does not tell where a file lies', where: file.name, expected });
  }
  workbench.dialogs.show({ kind: 'openModel', path });
}
