import { describe, expect, it } from 'vitest';
import type { EventOf, RequestOf, ResultOf } from '../../../engine/results/index.ts';
import { createWorkbench } from '../../../renderer/api/workbench.ts';
import { cellCount, indexOf } from '../../../renderer/marks/headShape.ts';
import { headName } from '../../../renderer/state/headNames.ts';
import { effectCsv } from '../../../renderer/views/ablate/effectCsv.ts';
import { LiveEffect } from '../../../renderer/views/ablate/liveEffect.ts';
import { clearPainted, nameWords, otherUnits, paintedNow } from '../../../renderer/views/ablate/painted.ts';
import { paintSettings } from '../../../renderer/views/ablate/paintSettings.ts';
import { paintCsv, paintRows } from '../../../renderer/views/ablate/paintRows.ts';
import { createPainting } from '../../../renderer/views/ablate/usePainting.ts';
import { connectTo, createFrames, settle } from '../api/fakeWorkbench.ts';
import { Feed } from '../api/feed.ts';

type Event = EventOf<'effect'>;
type Answer = Feed<Event, ResultOf<'effect'>>;

const heads = { layers: 3, heads: 4, kvHeads: 2 };
const cell = (layer: number, head: number) => indexOf(heads, { kind: 'head', layer, head });
const mlp = (layer: number) => indexOf(heads, { kind: 'mlp', layer });
const layerCell = (layer: number) => indexOf(heads, { kind: 'layer', layer });
const next: Event = { kind: 'next', before: [], after: [], kl: 0.5 };
const result: ResultOf<'effect'> = { seconds: 1, warnings: [] };

function build() {
  const asked: RequestOf<'effect'>[] = [];
  const answers: Answer[] = [];
  const signals: AbortSignal[] = [];
  const connection = connectTo({
    effect: (request, { signal }) => {
      asked.push(request);
      signals.push(signal);
      const answer: Answer = new Feed();
      answers.push(answer);
      return answer.stream(signal);
    },
  });
  const workbench = createWorkbench(connection);
  workbench.workspace.set({ model: { model: '/m' }, prompts: { kind: 'task', task: 'ioi', n: 64, seed: 0 } });
  const frames = createFrames();
  const live = new LiveEffect(workbench, frames.schedule);
  const names = () => nameWords(paintedNow(workbench));
  return { workbench, painting: createPainting(workbench, heads), names, live, frames, asked, answers, signals };
}

function stroke({ painting }: ReturnType<typeof build>, first: number, ...rest: readonly number[]): void {
  painting.onPaint(first, 'start');
  for (const index of rest) painting.onPaint(index, 'enter');
  painting.onPaint(rest.at(-1) ?? first, 'end');
}

describe('a stroke', () => {
  it('paints at the press, and takes away from a painted cell on', () => {
    const scene = build();
    scene.painting.onPaint(cell(1, 0), 'start');
    expect(scene.names()).toBe('L1H0');
    scene.painting.onPaint(cell(1, 1), 'enter');
    scene.painting.onPaint(cell(1, 1), 'end');
    expect(scene.names()).toBe('L1H0 L1H1');
    stroke(scene, cell(1, 1), cell(1, 0), cell(1, 2));
    expect(scene.names()).toBe('');
  });

  it('paints only what it began with: heads, MLPs or layers', () => {
    const scene = build();
    stroke(scene, cell(1, 3), mlp(1), layerCell(1));
    expect(scene.names()).toBe('L1H3');
    stroke(scene, layerCell(2), mlp(2), layerCell(0));
    expect(scene.names()).toBe('L1H3 L0 L2');
  });

  it('is one step of undo, of whatever it paints', () => {
    const scene = build();
    stroke(scene, cell(0, 0), cell(1, 0), cell(2, 0));
    stroke(scene, mlp(0), mlp(1));
    expect(scene.names()).toBe('L0H0 L1H0 L2H0 L0MLP L1MLP');
    clearPainted(scene.workbench);
    for (const left of ['L0H0 L1H0 L2H0 L0MLP L1MLP', 'L0H0 L1H0 L2H0', '']) {
      scene.workbench.undo.undo();
      expect(scene.names()).toBe(left);
    }
    scene.workbench.undo.redo();
    scene.workbench.undo.redo();
    expect(scene.names()).toBe('L0H0 L1H0 L2H0 L0MLP L1MLP');
  });

  it('makes a head the primary one where it was a press alone', () => {
    const scene = build();
    const primary = () => scene.workbench.selection.store.getState().primary;
    stroke(scene, cell(0, 0), cell(1, 0));
    expect(primary()).toBeNull();
    stroke(scene, cell(2, 1));
    expect(primary() === null ? null : headName(primary() ?? { layer: 0, head: 0 })).toBe('L2H1');
  });

  it('of a brush of KV groups takes all heads that share them', () => {
    const scene = build();
    paintSettings(scene.workbench).setState({ brush: 'kv-group' });
    stroke(scene, cell(1, 3));
    expect(scene.names()).toBe('L1H2 L1H3');
    scene.workbench.selection.remove([{ layer: 1, head: 2 }]);
    stroke(scene, cell(1, 3));
    expect(scene.names()).toBe('L1H2 L1H3');
  });

  it('leaves nothing of another model painted', () => {
    const scene = build();
    stroke(scene, layerCell(2));
    scene.workbench.workspace.set({ model: { model: '/other' } });
    expect(otherUnits(scene.workbench).getState().layers).toEqual([]);
  });
});

describe('the effect that follows it', () => {
  it('is asked once for all cells that a move of the mouse crosses, in place of what was asked before', async () => {
    const scene = build();
    scene.live.use();
    scene.live.allow(true);
    scene.painting.onPaint(cell(0, 0), 'start');
    await settle();
    scene.painting.onPaint(cell(1, 0), 'enter');
    scene.painting.onPaint(cell(2, 0), 'enter');
    await settle();
    expect(scene.asked.map(({ set }) => nameWords(set))).toEqual(['L0H0', 'L0H0 L1H0 L2H0']);
    expect(scene.signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('says whose numbers stand there while the next are computed', async () => {
    const scene = build();
    const { live } = scene;
    const words = () => {
      const { of, asked, stale } = live.store.getState();
      return [of, asked].map((request) => (request === null ? '' : nameWords(request.set))).concat(String(stale));
    };
    live.use();
    live.allow(true);
    stroke(scene, cell(0, 0));
    await settle();
    scene.answers[0]?.send(next);
    await settle();
    scene.frames.draw();
    expect(words()).toEqual(['L0H0', 'L0H0', 'false']);
    stroke(scene, cell(1, 0));
    await settle();
    expect(words()).toEqual(['L0H0', 'L0H0 L1H0', 'true']);
    live.cancel();
    await settle();
    expect(words()).toEqual(['L0H0', 'L0H0 L1H0', 'true']);
    live.again();
    await settle();
    scene.answers[2]?.send(next);
    scene.answers[2]?.end(result);
    await settle();
    expect(words()).toEqual(['L0H0 L1H0', 'L0H0 L1H0', 'false']);
    expect(live.store.getState().status).toBe('done');
  });

  it('says how long the numbers of the last change took, and of no other', async () => {
    const scene = build();
    const { live } = scene;
    live.use();
    live.allow(true);
    stroke(scene, cell(0, 0));
    await settle();
    scene.answers[0]?.send(next);
    await settle();
    scene.frames.draw();
    const first = live.store.getState().took;
    expect(first.next).toBeGreaterThan(0);
    expect(first.metric).toBeNull();
    scene.answers[0]?.end(result);
    await settle();
    expect(live.store.getState().took).toEqual(first);
    stroke(scene, cell(1, 0));
    await settle();
    expect(live.store.getState().took).toEqual({ next: null, metric: null });
  });

  it('is not asked for while the model is not in memory, nor while nobody looks', async () => {
    const scene = build();
    stroke(scene, cell(0, 0));
    scene.live.allow(true);
    await settle();
    const end = scene.live.use();
    scene.live.allow(false);
    await settle();
    expect(scene.asked).toHaveLength(0);
    scene.live.allow(true);
    await settle();
    end();
    await settle();
    expect(scene.signals.map(({ aborted }) => aborted)).toEqual([true]);
    stroke(scene, cell(0, 1));
    await settle();
    expect(scene.asked).toHaveLength(1);
  });

  it('stays for the next who looks once it is whole', async () => {
    const scene = build();
    const { live } = scene;
    const end = live.use();
    live.allow(true);
    stroke(scene, cell(0, 0));
    await settle();
    scene.answers[0]?.end(result);
    await settle();
    end();
    live.use();
    await settle();
    expect(scene.asked).toHaveLength(1);
    expect(live.store.getState().status).toBe('done');
  });
});

describe('what is taken elsewhere', () => {
  it('lists all that can be painted, with what is measured behind it', () => {
    const set = { heads: [{ layer: 0, head: 1 }], kvGroups: [], layers: [2], mlps: [] };
    const values = Float32Array.from({ length: 12 }, (_, i) => i / 2);
    const rows = paintRows(heads, true, set, { values });
    expect(rows).toHaveLength(cellCount(heads));
    expect(rows.filter(({ isPainted }) => isPainted).map(({ name }) => name)).toEqual(['L0H1', 'L2']);
    expect(paintRows(heads, false, set, null)).toHaveLength(cellCount(heads) - heads.layers);
    const csv = paintCsv(rows, { values, title: 'Zero ablation', dataset: 'ioi', n: 64 });
    expect(csv.split('\r\n')[2]).toBe('L0H1,1,0.5,Zero ablation,ioi,64');
    expect(csv.split('\r\n').at(-2)).toBe('L2,1,,Zero ablation,ioi,64');
  });

  it('says in each line of an effect what was done', async () => {
    const scene = build();
    scene.live.use();
    scene.live.allow(true);
    stroke(scene, cell(2, 3));
    await settle();
    const of = scene.asked[0];
    if (of === undefined) throw new Error('nothing was asked');
    const token = { id: 5, text: ' Emma', logit: 1, probability: 0.25, logitChange: 0 };
    const random: Event = { kind: 'random', index: 0, set: of.set, after: 3, change: -1 };
    const csv = effectCsv({ next: { ...next, before: [token], after: [] }, metric: null, random: [random] }, of);
    const lines = csv.trim().split('\r\n');
    expect(lines[1]).toBe('probability after prompt 1, Emma,0.25,,,,,,,,,1,L2H3,zero,ioi');
    expect(lines[2]).toBe('random set,L2H3,,,,3,,,-1,,,,L2H3,zero,ioi');
  });
});
