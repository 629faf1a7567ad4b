import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { createSelection } from '../../../renderer/state/selection.ts';
import { createUndo } from '../../../renderer/state/undo.ts';
import { createWorkspace } from '../../../renderer/state/workspace.ts';

const shape = { layers: 3, heads: 4, kvHeads: 2 };
const names = (heads: readonly { layer: number; head: number }[]) => heads.map(({ layer, head }) => `${layer}.${head}`);

describe('the selection', () => {
  it('keeps the set in order, each head once', () => {
    const { store, add, toggle } = createSelection();
    add([
      { layer: 1, head: 0 },
      { layer: 0, head: 3 },
      { layer: 1, head: 0 },
    ]);
    expect(names(store.getState().set)).toEqual(['0.3', '1.0']);
    toggle({ layer: 0, head: 3 });
    expect(names(store.getState().set)).toEqual(['1.0']);
  });

  it('extends by the rectangle between the primary head and another', () => {
    const { store, setPrimary, extendTo } = createSelection();
    setPrimary({ layer: 0, head: 1 });
    extendTo({ layer: 1, head: 2 }, shape);
    expect(names(store.getState().set)).toEqual(['0.1', '0.2', '1.1', '1.2']);
    expect(store.getState().primary).toEqual({ layer: 1, head: 2 });
  });

  it('inverts, and takes a layer in and out', () => {
    const { store, setSet, invert, toggleLayer } = createSelection();
    setSet([{ layer: 0, head: 0 }]);
    invert(shape);
    expect(store.getState().set).toHaveLength(11);
    toggleLayer(2, shape);
    expect(store.getState().set).toHaveLength(7);
    toggleLayer(2, shape);
    expect(store.getState().set).toHaveLength(11);
  });

  it('leaves out heads that a pruned layer does not have', () => {
    const { store, invert } = createSelection();
    invert({ ...shape, headsOf: [4, 2, 0] });
    expect(store.getState().set).toHaveLength(6);
  });

  it('tells of hover without changing the state', () => {
    const { store, hover } = createSelection();
    let changes = 0;
    store.subscribe(() => (changes += 1));
    hover.set(5);
    expect(hover.get()).toBe(5);
    expect(changes).toBe(0);
  });

  it('keeps hover where it is while it is locked', () => {
    const { hover, toggleHoverLock } = createSelection();
    hover.set(5);
    toggleHoverLock();
    hover.set(7);
    expect(hover.get()).toBe(5);
    toggleHoverLock();
    hover.set(7);
    expect(hover.get()).toBe(7);
  });
});

function build() {
  let time = 0;
  const selection = createSelection();
  const workspace = createWorkspace();
  const undo = createUndo(selection, workspace, { now: () => time, merge: 500 });
  const wait = (milliseconds: number) => (time += milliseconds);
  return { selection, workspace, undo, wait, set: () => names(selection.store.getState().set) };
}

describe('undo', () => {
  it('takes back selections and settings, one after the other, and does them again', () => {
    const { selection, workspace, undo, set } = build();
    selection.toggle({ layer: 0, head: 0 });
    workspace.set({ ablation: 'mean' });
    undo.undo();
    expect(workspace.store.getState().ablation).toBe('zero');
    expect(set()).toEqual(['0.0']);
    undo.undo();
    expect(set()).toEqual([]);
    undo.redo();
    undo.redo();
    expect(workspace.store.getState().ablation).toBe('mean');
    expect(undo.store.getState()).toEqual({ past: 2, future: 0 });
  });

  it('makes one step of quick changes of the same setting, and two of slow ones', () => {
    const { workspace, undo, wait } = build();
    workspace.set({ scale: 1 });
    wait(100);
    workspace.set({ scale: 2 });
    wait(1000);
    workspace.set({ scale: 3 });
    expect(undo.store.getState().past).toBe(2);
    undo.undo();
    expect(workspace.store.getState().scale).toBe(2);
  });

  it('makes a step of each head that is put into the set, however quickly', () => {
    const { selection, undo, set } = build();
    selection.toggle({ layer: 0, head: 0 });
    selection.toggle({ layer: 0, head: 1 });
    undo.undo();
    expect(set()).toEqual(['0.0']);
  });

  it('makes one step of a gesture, however long', () => {
    const { selection, undo, wait, set } = build();
    selection.toggle({ layer: 2, head: 0 });
    const end = undo.gesture();
    for (const head of [0, 1, 2]) {
      selection.add([{ layer: 0, head }]);
      wait(2000);
    }
    end();
    selection.add([{ layer: 1, head: 1 }]);
    undo.undo();
    expect(set()).toEqual(['0.0', '0.1', '0.2', '2.0']);
    undo.undo();
    expect(set()).toEqual(['2.0']);
  });

  it('takes back what a view keeps itself, in one step with the selection where both change in a gesture', () => {
    const { selection, undo, set } = build();
    selection.toggle({ layer: 2, head: 0 });
    const own = createStore(() => ({ mlps: [] as readonly number[] }));
    undo.include(own);
    own.setState({ mlps: [1] });
    const end = undo.gesture();
    selection.toggle({ layer: 0, head: 0 });
    own.setState({ mlps: [1, 2] });
    end();
    undo.undo();
    expect([own.getState().mlps, set()]).toEqual([[1], ['2.0']]);
    undo.undo();
    expect([own.getState().mlps, set()]).toEqual([[], ['2.0']]);
    undo.undo();
    expect([own.getState().mlps, set()]).toEqual([[], []]);
    for (let i = 0; i < 3; i++) undo.redo();
    expect([own.getState().mlps, set()]).toEqual([
      [1, 2],
      ['0.0', '2.0'],
    ]);
  });

  it('forgets what was taken back once something else is done', () => {
    const { selection, undo, wait, set } = build();
    selection.toggle({ layer: 0, head: 0 });
    undo.undo();
    wait(1000);
    selection.toggle({ layer: 1, head: 1 });
    undo.redo();
    expect(set()).toEqual(['1.1']);
  });

  it('is not for places, nor for what nobody did', () => {
    const { workspace, undo } = build();
    workspace.goTo('attention');
    undo.silently(() => workspace.set({ measure: 'r/effect' }));
    expect(undo.store.getState().past).toBe(0);
    workspace.set({ measure: 'r/kl' });
    undo.undo();
    expect(workspace.store.getState().measure).toBe('r/effect');
  });
});
