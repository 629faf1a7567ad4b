/** The plan that the Prune place writes, on the bundled model, against what `headscope prune --plan` makes of it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHeads } from '../../../engine/exports/heads.ts';
import type { RequestOf } from '../../../engine/results/index.ts';
import type { Model } from '../../../engine/run/index.ts';
import { openModel } from '../../../engine/run/index.ts';
import { pruneCall } from '../../../engine/service/calls/prune.ts';
import { prunePlanCall } from '../../../engine/service/calls/prunePlan.ts';
import { sourceOf } from '../../../engine/service/openModels.ts';
import { exportRun } from '../../../engine/service/runs/exportRun.ts';
import { goneHeads } from '../../../renderer/views/prune/goneHeads.ts';
import { planFileRequest } from '../../../renderer/views/prune/planRequests.ts';
import type { Scene } from '../../../renderer/views/prune/scene.ts';
import { headscope, temporaryFolder } from '../../cli/headscope.ts';
import { FakeHost } from '../../service/fakeHost.ts';
import { project } from '../../service/project.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const path = fileURLToPath(new URL('../../../fixtures/models/tiny-heads', import.meta.url));
const options = { signal: new AbortController().signal, priority: 'job' } as const;

/** Groups of two heads, four a layer. */
const group = (number: number) => ({ layer: Math.floor(number / 4), index: number % 4 });
const scene: Scene = {
  ...{ model: path, unit: 'kv-group', order: [3, 6, 9, 1].map(group), seed: 0 },
  texts: { source: { kind: 'stories' }, n: 3, length: 32 },
};
const basis = {
  costs: {
    ...{ name: 'importance.wanda', family: 'proxy' as const },
    values: Array.from({ length: 16 }, (_, number) => ({ ...group(number), value: number })),
  },
  protect: { pinned: [group(0)], retrieval: [{ layer: 2, head: 1, value: 0.5 }], induction: [] },
  ...{ minPerLayer: 1, rescore: null },
};

describe('heads.json of the Prune place', () => {
  let model: Model;
  beforeAll(async () => {
    model = await openModel(path);
  });
  afterAll(() => model.dispose());

  /** The job that the place starts, with its files. */
  async function runOf(request: RequestOf<'prunePlan'>) {
    const plans = prunePlanCall(sourceOf(model));
    const within = await project(new FakeHost({ prunePlan: (asked) => plans(asked, options) }));
    const run = await within.queue.start({ job: { call: 'prunePlan', request } });
    await within.reaches(run, 'done');
    while (within.store.owned(run) !== null) await new Promise((resolve) => setTimeout(resolve, 1));
    return (choice: Omit<RequestOf<'export'>, 'run'>) => exportRun(within.store, { run, ...choice });
  }

  it('holds the slider’s plan with its evidence, and prunes what the place prunes, byte for byte', async () => {
    const removed = goneHeads(model.family.shape, scene, 2);
    const exported = await runOf(planFileRequest(scene, basis, { heads: removed.length, draws: 10 }));
    const { data } = await exported({ format: 'heads.json' });
    writeFileSync(at('heads.json'), data);
    const file = readHeads(readFileSync(at('heads.json'), 'utf8'), 'heads.json');
    expect(file.metrics.map(({ id, family }) => [id, family])).toEqual([['plan.importance.wanda', 'proxy']]);
    expect(file.prune_plan).toMatchObject({
      ...{ unit: 'kv-group', criterion: 'importance.wanda', budget: { kind: 'heads', at_most: 4 }, min_per_layer: 1 },
      ...{ heads_to_prune: { 0: [6, 7], 1: [4, 5] }, kv_groups_to_prune: { 0: [3], 1: [2] }, stopped_by: 'budget' },
    });
    expect(file.prune_plan?.order?.map(({ layer, id, cost }) => [layer, id, cost])).toEqual([
      [0, 3, 3],
      [1, 2, 6],
    ]);
    const kept = file.units.flatMap(({ layer, kv_group, protected: is }) => (is ? [[layer, kv_group, is.reason]] : []));
    expect(kept).toEqual([
      [0, 0, 'pinned'],
      [2, 0, 'retrieval score 0.50, at least 0.1'],
    ]);
    expect(file.evaluation?.random_control).toMatchObject({ draws: 10, seed: 0 });
    expect(file.calibration[0]?.token_ids_sha256).toMatch(/^[0-9a-f]{64}$/);

    const ran = await headscope(['prune', path, '--plan', at('heads.json'), '--out', at('by-file')]);
    expect(ran.code).toBe(0);
    const place = { model: path, heads: removed, kvGroups: [], form: 'zero', emptyLayers: true } as const;
    const writing = pruneCall(sourceOf(model))({ ...place, out: at('by-place') }, options);
    while ((await writing.next()).done !== true);
    const files = readdirSync(at('by-place'));
    expect(readdirSync(at('by-file'))).toEqual(files);
    for (const name of files) expect(readFileSync(at(`by-file/${name}`))).toEqual(readFileSync(at(`by-place/${name}`)));

    const list = await exported({ format: 'hf-heads', metric: 'plan.head' });
    expect(JSON.parse(new TextDecoder().decode(list.data))).toEqual({ 0: [6, 7], 1: [4, 5] });
  });
});
