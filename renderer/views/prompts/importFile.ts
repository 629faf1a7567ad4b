/** Prompt files of this and other tools, read by the engine; what was left out is said. */
import { Fault } from '../../../engine/terms/fault.ts';
import { attempt } from '../../api/attempt.ts';
import type { Workbench } from '../../api/workbench.ts';
import { promptsSettings } from './promptsSettings.ts';

/** Characters that the engine takes. */
const MOST = 64_000_000;

export async function importFile(workbench: Workbench, file: File): Promise<void> {
  if (file.size > MOST)
    throw new Fault({
      what: 'the file is too long',
      where: file.name,
      expected: '64 MB at most',
      got: `${file.size} bytes`,
    });
  const imported = await workbench.client.importPrompts({ name: file.name, text: await file.text() });
  workbench.workspace.set({ prompts: { kind: 'file', file: imported.file } });
  promptsSettings(workbench).setState({ imported, mode: 'set' });
}

export function chooseImport(workbench: Workbench): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.jsonl,.json,.csv';
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file !== undefined) attempt(workbench, () => importFile(workbench, file));
  });
  input.click();
}
