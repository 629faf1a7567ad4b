/** The chosen prompts as JSON Lines: rows of a file as they are, prompts of a task with their ids. */
import type { PromptPair } from '../../../engine/results/promptSets.ts';
import { saveFile } from '../../api/saveFile.ts';
import type { Workbench } from '../../api/workbench.ts';
import type { ModelChoice, PromptsChoice } from '../../state/workspace.ts';
import { addedBosOf } from './addedBos.ts';
import { rowOfPair } from './rowsOfPairs.ts';

/** Pairs that are asked for at once: the most that a call gives. */
const PAGE = 500;

export async function exportPrompts(workbench: Workbench): Promise<void> {
  const { model, prompts } = workbench.workspace.store.getState();
  if (model === null || prompts === null) return;
  const file = await promptFileOf(workbench, model, prompts);
  await saveFile({ name: file.name, mediaType: 'application/x-ndjson', data: file.text });
}

/** As a file that stands alone, whatever they are now. */
export async function promptFileOf(
  workbench: Workbench,
  model: ModelChoice,
  prompts: PromptsChoice,
): Promise<{ readonly name: string; readonly text: string }> {
  if (prompts.kind === 'file') return prompts.file;
  const addedBos = addedBosOf(await workbench.client.info({ model: model.model }));
  const pairs: PromptPair[] = [];
  for (let total = Infinity; pairs.length < total;) {
    const page = await workbench.client.prompts({ ...model, prompts, from: pairs.length, count: PAGE });
    pairs.push(...page.pairs);
    total = page.pairs.length === 0 ? 0 : page.total;
  }
  const text = pairs.map((pair) => `${JSON.stringify(rowOfPair(pair, addedBos))}\n`).join('');
  return { name: `${prompts.task}-${prompts.n}-${prompts.seed}.jsonl`, text };
}
