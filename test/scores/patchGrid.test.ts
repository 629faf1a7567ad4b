import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import { sweep } from '../../engine/run/sweep.ts';
import type { PatchGridEvent, PatchGridRequest, PatchTarget } from '../../engine/scores/patchGrid.ts';
import { gridColumns, gridSize, patchGrid } from '../../engine/scores/patchGrid.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import type { Edit } from '../../engine/terms/edits.ts';
import type { Site } from '../../engine/terms/sites.ts';
import { ioi } from '../../fixtures/make/planted/ioi.ts';
import type { PlantedCircuit, PlantedModel } from '../../fixtures/make/planted/plantedModel.ts';
import { Scene } from '../planted/scene.ts';
import { openGolden } from '../run/models.ts';
import { differencesByEdits, mean, scenePrompts } from './scenePrompts.ts';

type Cell = Extract<PatchGridEvent, { kind: 'cell' }>;

async function eventsOf(model: Model, request: PatchGridRequest): Promise<PatchGridEvent[]> {
  const events: PatchGridEvent[] = [];
  for await (const event of patchGrid(model, request)) events.push(event);
  return events;
}

function cellsOf(events: readonly PatchGridEvent[]): Cell[] {
  return events.filter((event) => event.kind === 'cell');
}

/** Effect of one patch, prompt by prompt, with a captured value and a `replace` edit. */
async function patchedByEdits(
  model: Model,
  prompts: readonly Prompt[],
  direction: PatchGridRequest['direction'],
  where: {
    readonly site: Site;
    readonly layer: number;
    readonly heads?: readonly number[];
    readonly position?: number;
  },
): Promise<number> {
  const effects: number[] = [];
  const { site, layer, heads, position } = where;
  for (const prompt of prompts) {
    const source = direction === 'cleanIntoCorrupt' ? prompt.ids : (prompt.corruptIds ?? []);
    const captured = await model.forward({ ids: [source], capture: [{ site, layers: [layer] }], logits: 'none' });
    const x = captured.get(site, layer);
    const edit: Edit = {
      ...{ site, layers: [layer] },
      ...(heads === undefined ? {} : { heads }),
      ...(position === undefined ? {} : { positions: [position] }),
      operation: {
        kind: 'replace',
        value: { axes: x.axes.map(({ axis }) => axis).join(' '), shape: x.axes.map(({ size }) => size), data: x.data },
      },
    };
    const side = direction === 'cleanIntoCorrupt' ? 'corrupt' : 'clean';
    const [before = NaN] = await differencesByEdits(model, [prompt], [], side);
    const [after = NaN] = await differencesByEdits(model, [prompt], [edit], side);
    effects.push(after - before);
  }
  return mean(effects);
}

describe.each(['llama-gqa', 'gemma2-caps'])('patching of %s', (folder) => {
  let model: Model;
  beforeAll(async () => {
    model = await openGolden(folder);
  });
  afterAll(() => model.dispose());

  const on = (sizes: readonly number[], target: PatchTarget, direction: PatchGridRequest['direction']) => ({
    prompts: scenePrompts(model, sizes),
    ...({ metric: 'logitDifference', target, direction, seed: 0 } as const),
  });

  it.each(['cleanIntoCorrupt', 'corruptIntoClean'] as const)(
    'every cell of every site is what a replaced value gives, %s',
    async (direction) => {
      for (const site of ['residPre', 'attnOut', 'mlpOut', 'residPost'] as const) {
        const request = on([5, 5], { kind: 'positions', site }, direction);
        const cells = cellsOf(await eventsOf(model, request));
        expect(cells).toHaveLength(gridSize(model, request));
        for (const { layer, column, effect } of cells) {
          const expected = await patchedByEdits(model, request.prompts, direction, { site, layer, position: column });
          expect(effect.mean, `${site} L${layer} at ${column}`).toBeCloseTo(expected, 4);
        }
      }
    },
  );

  it('a head is patched at all positions, or at one', async () => {
    const heads = on([5, 5], { kind: 'heads' }, 'cleanIntoCorrupt');
    for (const { layer, column, effect } of cellsOf(await eventsOf(model, heads))) {
      const where = { site: 'z', layer, heads: [column] } as const;
      const expected = await patchedByEdits(model, heads.prompts, 'cleanIntoCorrupt', where);
      expect(effect.mean).toBeCloseTo(expected, 4);
    }
    const one = on([5, 5], { kind: 'headPositions', head: { layer: 0, head: 1 } }, 'cleanIntoCorrupt');
    for (const { column, effect } of cellsOf(await eventsOf(model, one))) {
      const where = { site: 'z', layer: 0, heads: [1], position: column } as const;
      const expected = await patchedByEdits(model, one.prompts, 'cleanIntoCorrupt', where);
      expect(effect.mean).toBeCloseTo(expected, 4);
    }
  });

  it('recovers everything where the last stream of the answer position is patched', async () => {
    const request = on([6, 6], { kind: 'positions', site: 'residPost' }, 'cleanIntoCorrupt');
    const cells = cellsOf(await eventsOf(model, request));
    const last = cells.find(({ layer, column }) => layer === model.family.shape.layers - 1 && column === 5);
    expect(last?.recovery?.mean).toBeCloseTo(1, 4);
    const before = cells.find(({ layer, column }) => layer === model.family.shape.layers - 1 && column === 4);
    expect(before?.recovery?.mean).toBeCloseTo(0, 6);
  });

  it('counts positions from the end where prompts differ in length', async () => {
    const request = on([7, 5], { kind: 'positions', site: 'residPre' }, 'corruptIntoClean');
    expect(gridColumns(model, request)).toEqual([-5, -4, -3, -2, -1]);
    for (const { layer, column, effect } of cellsOf(await eventsOf(model, request))) {
      const where = { site: 'residPre', layer, position: column - 5 } as const;
      const expected = await patchedByEdits(model, request.prompts, 'corruptIntoClean', where);
      expect(effect.mean).toBeCloseTo(expected, 4);
    }
  });

  it('goes on from any cell with the same numbers to the last bit', async () => {
    const request = { ...on([5, 5], { kind: 'positions', site: 'residPre' }, 'cleanIntoCorrupt'), unitsPerRun: 2 };
    const whole = cellsOf(await eventsOf(model, request));
    for (const done of [1, 2, 3, whole.length - 1])
      expect(cellsOf(await eventsOf(model, { ...request, done }))).toEqual(whole.slice(done));
  });

  it('refuses a pair of unequal lengths, by its number', async () => {
    const request = on([5, 5], { kind: 'heads' }, 'cleanIntoCorrupt');
    const [first, second] = request.prompts;
    if (first === undefined || second === undefined) throw new RangeError('two prompts');
    const prompts = [first, { ...second, corruptIds: first.ids.slice(1) }];
    await expect(eventsOf(model, { ...request, prompts })).rejects.toThrow(
      /prompt 2: patching needs a corrupt prompt: expected one of 5 tokens/,
    );
  });
});

function firstCircuit({ circuits }: PlantedModel): PlantedCircuit {
  const [first] = circuits;
  if (first === undefined) throw new RangeError('the model has no circuit');
  return first;
}

describe('patching of a model whose circuit is known', () => {
  let scene: Scene;
  const circuit = firstCircuit(ioi);
  beforeAll(async () => {
    scene = await Scene.open(ioi);
  });
  afterAll(() => scene.model.dispose());

  async function grid(target: PatchTarget) {
    const prompts = scene.prompts(circuit);
    const request = { prompts, metric: 'logitDifference', target, direction: 'corruptIntoClean', seed: 0 } as const;
    const events = await eventsOf(scene.model, request);
    const cells = cellsOf(events).map(({ layer, column, effect }) => [`L${layer}H${column}`, effect.mean] as const);
    return { prompts, ends: events.find((event) => event.kind === 'ends'), cells: new Map<string, number>(cells) };
  }

  it('heads of the circuit have its effects, all others none', async () => {
    const { cells, ends } = await grid({ kind: 'heads' });
    expect(ends?.clean.mean).toBeCloseTo(12, 2);
    expect(ends?.corrupt.mean).toBeCloseTo(0, 2);
    // In the corrupt run no name stands twice: these heads have nothing to say, as if they were removed.
    expect(cells.get('L0H1')).toBeCloseTo(-13.3359, 2);
    expect(cells.get('L1H2')).toBeCloseTo(-13.3359, 2);
    // The name mover moves a name that is no answer: nothing is left of the difference.
    expect(cells.get('L2H0')).toBeCloseTo(-12, 2);
    expect(cells.get('L3H3')).toBeCloseTo(4, 2);
    const inside = new Set(['L0H1', 'L1H2', 'L2H0', 'L3H3']);
    for (const [name, effect] of cells) if (!inside.has(name)) expect(Math.abs(effect), name).toBeLessThan(1e-5);
  });

  it('one head matters where it writes what is read', async () => {
    const { prompts, cells } = await grid({ kind: 'headPositions', head: { layer: 1, head: 2 } });
    const end = prompts[0]?.positions['end'];
    for (const [name, effect] of cells) {
      if (name === `L1H${end}`) expect(effect).toBeCloseTo(-13.3359, 2);
      else expect(Math.abs(effect), name).toBeLessThan(1e-5);
    }
  });

  it('the streams before layer 0 at all positions make the other run, to the last bit', async () => {
    const prompts = scene.prompts(circuit);
    const answerPositions = prompts.map(({ answerPosition }) => answerPosition);
    const [ids, reference] = [prompts.map((prompt) => prompt.ids), prompts.map(({ corruptIds }) => corruptIds ?? [])];
    const whole = [{ layer: 0, sites: ['residPre'] }] as const;
    const results: Tensor[] = [];
    for await (const { logits } of sweep(scene.model, {
      ids,
      reference,
      answerPositions,
      units: [whole],
      kind: 'resample',
    }))
      results.push(logits);
    const { value: other } = await sweep(scene.model, {
      ids: reference,
      answerPositions,
      units: [],
      kind: 'zero',
    }).next();
    expect(results[1]?.data).toEqual(other?.logits.data);
    expect(results[0]?.data).not.toEqual(other?.logits.data);
  });
});
