/**
 * What a new user sees without doing anything: a model is open, prompts are chosen, and the matrix of heads fills. Nothing
 * is started that the project has already.
 */
import type { ResultOf } from '../../engine/results/contract.ts';
import { callQuery } from '../api/callQuery.ts';
import { startJob } from '../api/jobs.ts';
import { openModel } from '../api/openModel.ts';
import type { Workbench } from '../api/workbench.ts';
import type { PromptsChoice } from '../state/workspace.ts';
import { measuredOn } from '../state/workspace.ts';

const firstPrompts: PromptsChoice = { kind: 'task', task: 'ioi', n: 64, seed: 0 };
const firstModel = 'tiny-heads';

/** Once, when the engine has said what is going on. Throws a Fault where the model can't be opened. */
export async function firstStart(workbench: Workbench): Promise<void> {
  const { workspace, watch, undo } = workbench;
  const { model, prompts } = workspace.store.getState();
  const resident = watch.store.getState().resident;
  if (model !== null) {
    // A view that was sent names its model: it is opened where nothing else is, and asked about where something is.
    if (resident === null) await openModel(workbench, model);
    else if (resident.path !== model.model) workbench.dialogs.show({ kind: 'openModel', path: model.model });
    return;
  }
  if (prompts === null) undo.silently(() => workspace.set({ prompts: firstPrompts }));
  if (resident !== null) return workspace.set({ model: { model: resident.path } });
  const bundled = await bundledModel(workbench);
  if (bundled === null) return;
  await openModel(workbench, { model: bundled });
  await startFirstRuns(workbench);
}

async function bundledModel({ client, queries }: Workbench): Promise<string | null> {
  const { sources } = await queries.fetchQuery(callQuery(client, 'library', {}));
  const models = sources.find(({ id }) => id === 'bundled')?.models ?? [];
  return (models.find(({ name }) => name.includes(firstModel)) ?? models[0])?.path ?? null;
}

async function startFirstRuns(workbench: Workbench): Promise<void> {
  const { client, queries, workspace } = workbench;
  const on = measuredOn(workspace.store.getState());
  if (on === null) return;
  const info = await queries.fetchQuery(callQuery(client, 'info', { model: on.model }));
  const { runs } = await queries.fetchQuery(callQuery(client, 'runs', {}));
  const known = runs.filter(({ model }) => model?.name === info.name);
  const has = async (call: 'ablate' | 'scores') =>
    hasRunOf(
      workbench,
      known.filter((run) => run.call === call),
      info.fingerprint,
    );
  if (!(await has('ablate'))) {
    await startJob(client, { call: 'ablate', request: { ...on, ablation: 'zero', unit: 'head' } });
  }
  if (!(await has('scores'))) {
    const { model, weights, seed } = on;
    const prompts = { kind: 'repeated', n: 16, seed, bos: 'model' } as const;
    const request = { model, prompts, seed, ...(weights === undefined ? {} : { weights }) };
    await startJob(client, { call: 'scores', request });
  }
}

type Runs = ResultOf<'runs'>['runs'];

/** Has the project a run on this very model? A list of runs names models, a record knows them. */
async function hasRunOf({ client, queries }: Workbench, runs: Runs, fingerprint: string): Promise<boolean> {
  for (const { id, state } of runs) {
    if (state === 'failed') continue;
    const { record } = await queries.fetchQuery(callQuery(client, 'record', { run: id }));
    // A run that waits for its model has none yet: it is that of this start.
    if (record.fingerprint === null || record.fingerprint === fingerprint) return true;
  }
  return false;
}
