/** SmolLM2-135M-Instruct on IOI: what attribution patching estimates of each head against what removing it does. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { chooseHead, goTo, inspector, isMeasured, isQuiet, modelChip } from '../e2e/hands.ts';
import { chooseOption, runFromHeads } from './scenes.ts';

/** Beside the project or in HEADSCOPE_MODELS; null where it is not there. */
export function realModel(root: string): string | null {
  const folder = process.env['HEADSCOPE_MODELS'] ?? join(root, '..', 'shared', 'models');
  const path = join(folder, 'SmolLM2-135M-Instruct.Q4_1.gguf');
  return existsSync(path) ? path : null;
}

/** A minute or two of computing on two cores; more where they are busy. */
export const findingView = 'panes=heads&task=ioi&n=16&seed=0';

/** Runs once; later windows on the same project find its runs. */
export async function arrangeFinding(page: Page, model: string): Promise<void> {
  page.setDefaultTimeout(3_600_000);
  await isMeasured(page);
  await isQuiet(page);
  const isFirst = !(await modelChip(page).innerText()).includes('SmolLM2');
  if (isFirst) await openModel(page, model);
  await isMeasured(page);
  if (isFirst) await runFromHeads(page, /^AtP estimate of every head/);
  if (isFirst) await runFromHeads(page, /^Resample ablation of every head/);
  const heads = await goTo(page, 'Heads');
  await chooseOption(page, 'Heads', 'Measure', /^Resample ablation, Δ/);
  await chooseOption(page, 'Heads', 'Measure along x', /^AtP estimate at z/);
  await chooseHead(page, 'L23H3');
  await heads.getByText(/^r = /).waitFor();
  await inspector(page)
    .getByText(/attends to$/)
    .waitFor();
}

async function openModel(page: Page, path: string): Promise<void> {
  const models = await goTo(page, 'Models');
  await models.getByRole('textbox', { name: 'Path of a model' }).fill(path);
  await models.getByRole('button', { name: 'Show', exact: true }).click();
  await models.getByRole('button', { name: `List ${dirname(path)}` }).click();
  await models.getByRole('article').getByRole('button', { name: 'Open', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^Open / });
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await modelChip(page).getByText('30 × 9 heads').waitFor();
}
