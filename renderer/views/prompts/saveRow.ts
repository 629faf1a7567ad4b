/** Puts what was written into a prompt set, which the engine reads first: what it can't read changes nothing. */
import type { TokenInfo } from '../../../engine/results/promptSets.ts';
import type { Workbench } from '../../api/workbench.ts';
import { emptyDraft, rowOfDraft } from './draft.ts';
import { linesOf, withRow } from './promptFile.ts';
import { promptsSettings } from './promptsSettings.ts';

/** Throws the engine's Fault, which names the row and the key. */
export async function saveRow(
  workbench: Workbench,
  where: 'new' | 'add' | 'replace',
  tokens: readonly TokenInfo[],
): Promise<void> {
  const { workspace, client } = workbench;
  const settings = promptsSettings(workbench);
  const { draft } = settings.getState();
  const { model, prompts } = workspace.store.getState();
  if (model === null) return;
  const row = rowOfDraft(
    draft,
    tokens.map(({ id }) => id),
  );
  const file = prompts?.kind === 'file' && where !== 'new' ? prompts.file : { name: 'own prompts.jsonl', text: '' };
  const at = where === 'replace' ? draft.row : null;
  const changed = { ...file, text: withRow(file.text, row, at) };
  const choice = { kind: 'file', file: changed } as const;
  await client.prompts({ ...model, prompts: choice, from: 0, count: 1 });
  workspace.set({ prompts: choice, promptIndex: at ?? linesOf(changed.text).length - 1 });
  settings.setState({ mode: 'set', draft: emptyDraft, imported: null });
}
