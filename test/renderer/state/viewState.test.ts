import { describe, expect, it } from 'vitest';
import { Fault } from '../../../engine/terms/fault.ts';
import { createSelection } from '../../../renderer/state/selection.ts';
import {
  currentView,
  readViewText,
  showView,
  viewFromHash,
  viewText,
  viewToHash,
} from '../../../renderer/state/viewState.ts';
import { createWorkspace } from '../../../renderer/state/workspace.ts';

function build() {
  return { workspace: createWorkspace(), selection: createSelection() };
}

function full() {
  const { workspace, selection } = build();
  workspace.setPanes(['heads', 'attention']);
  workspace.set({
    model: { model: '/models/a b&c.gguf', weights: 'mapped' },
    prompts: { kind: 'task', task: 'ioi', n: 32, seed: -4, options: { template: 'mixed', names: 12 } },
    measure: 'run 1/effect',
    second: 'run 2/induction',
    run: 'run 2',
    dictionary: '/p/dictionaries/a b',
    feature: 12,
    ablation: 'scale',
    scale: 0.5,
    randomSets: 10,
  });
  workspace.set({ promptIndex: 3 });
  selection.setSet([
    { layer: 9, head: 6 },
    { layer: 0, head: 11 },
  ]);
  selection.setPrimary({ layer: 9, head: 6 });
  selection.setPinned({ layer: 1, head: 1 });
  selection.setTokens({ query: 0, key: 4 });
  return { workspace, selection, view: currentView(workspace, selection) };
}

describe('a view in the address', () => {
  it('is the same after a round trip', () => {
    const { view } = full();
    expect(viewFromHash(`#${viewToHash(view)}`)).toEqual(view);
  });

  it('says only what differs from the beginning', () => {
    const { workspace, selection } = build();
    expect(viewToHash(currentView(workspace, selection))).toBe('v=1&panes=heads');
  });

  it('has nothing of what the address holds besides', () => {
    const view = viewFromHash('#token=secret&v=1&panes=heads');
    expect(view === null ? '' : viewToHash(view)).not.toContain('secret');
  });

  it('leaves out prompts of a file, which are too long for it', () => {
    const { workspace, selection } = build();
    workspace.set({ prompts: { kind: 'file', file: { name: 'mine.jsonl', text: '{}' } } });
    expect(viewFromHash(viewToHash(currentView(workspace, selection)))?.prompts).toBeNull();
  });

  it('is none where the hash says something else', () => {
    expect(viewFromHash('#section-2')).toBeNull();
    expect(viewFromHash('')).toBeNull();
  });

  it.each([
    ['v=2&panes=heads', 'version'],
    ['v=1&panes=heads&set=L9H6,banana', 'selection.set.1'],
    ['v=1&panes=heads&task=ioi&n=many', 'prompts.n'],
    ['v=1&panes=heads&prompt=-1', 'promptIndex'],
    ['v=1&panes=a,b,c,d,e', 'panes'],
  ])('that can not be read is told: %s', (hash, field) => {
    expect(() => viewFromHash(hash)).toThrow(field);
  });
});

describe('a view file', () => {
  it('shows the same view elsewhere, prompts of a file included', () => {
    const { workspace, selection } = full();
    workspace.set({ prompts: { kind: 'file', file: { name: 'mine.jsonl', text: '{}' } } });
    const view = currentView(workspace, selection);
    const other = build();
    showView(readViewText(viewText(view), 'x.view.json'), other.workspace, other.selection);
    expect(currentView(other.workspace, other.selection)).toEqual(view);
  });

  it('of a later version may name places that are not here: they are left out', () => {
    const { workspace, selection, view } = full();
    showView({ ...view, panes: ['reports', 'runs'] }, workspace, selection);
    expect(workspace.store.getState().panes).toEqual(['runs']);
    showView({ ...view, panes: ['reports'] }, workspace, selection);
    expect(workspace.store.getState().panes).toEqual(['heads']);
  });

  it.each([['{'], ['[]'], ['{"version":1}'], ['null']])('that is none is a fault: %s', (text) => {
    expect(() => readViewText(text, 'x.view.json')).toThrow(Fault);
  });
});
