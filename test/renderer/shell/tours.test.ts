import { describe, expect, it } from 'vitest';
import { scores as headScores } from '../../../engine/scores/index.ts';
import { createHeadMeasures } from '../../../renderer/api/headMeasures.ts';
import { createRunStore } from '../../../renderer/api/runStore.ts';
import type { Workbench } from '../../../renderer/api/workbench.ts';
import { measureOf, takeStep } from '../../../renderer/shell/takeStep.ts';
import { tours } from '../../../renderer/shell/tours.ts';
import { isPlace } from '../../../renderer/state/places.ts';
import { createSelection } from '../../../renderer/state/selection.ts';
import { createWorkspace } from '../../../renderer/state/workspace.ts';
import { connectTo, createFrames, settle } from '../api/fakeWorkbench.ts';
import { headRow, model, runSummary, startRow } from '../api/sampleRows.ts';

const steps = tours.flatMap((tour) => tour.steps);

describe('tours', () => {
  it('go to places that there are, by scores that there are', () => {
    const ids = headScores.map(({ id }) => id);
    expect(steps.every(({ place }) => isPlace(place))).toBe(true);
    const scores = steps.flatMap(({ measure }) => (measure !== undefined && 'score' in measure ? [measure.score] : []));
    expect(scores.filter((score) => !ids.includes(score))).toEqual([]);
  });

  it('choose the first heads by the measure of a step', async () => {
    const frames = createFrames();
    const { client } = connectTo({
      async *follow(_, { signal }) {
        const rows = [startRow(), headRow(0, 1, -3), headRow(1, 2, 2), headRow(1, 0, 0.5)];
        yield { kind: 'rows', from: 0, rows };
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        throw signal.reason;
      },
    });
    const measures = createHeadMeasures(createRunStore(client, 8, frames.schedule), frames.schedule);
    measures.setModel({ path: '/m', ...model });
    measures.setRuns([runSummary('a')]);
    await settle();
    frames.draw();
    const [selection, workspace] = [createSelection(), createWorkspace()];
    const workbench = { measures, selection, workspace } as Workbench;
    takeStep(workbench, { title: '', text: '', place: 'ablate', measure: { effect: 'zero' }, choose: 2 });
    expect(workspace.store.getState()).toMatchObject({ panes: ['ablate'], measure: 'a/effect' });
    expect(selection.store.getState()).toMatchObject({
      primary: { layer: 0, head: 1 },
      set: [
        { layer: 0, head: 1 },
        { layer: 1, head: 2 },
      ],
    });
    expect(measureOf(measures.list(), { score: 'induction' })).toBeNull();
  });
});
