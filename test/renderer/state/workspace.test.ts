import { describe, expect, it } from 'vitest';
import { createWorkspace, measuredOn, placeOf } from '../../../renderer/state/workspace.ts';

describe('panes', () => {
  it('show a place where it is already, else in the focused pane', () => {
    const workspace = createWorkspace();
    workspace.split('attention');
    workspace.goTo('heads');
    expect(workspace.store.getState()).toMatchObject({ panes: ['heads', 'attention'], focused: 0 });
    workspace.goTo('runs');
    expect(workspace.store.getState().panes).toEqual(['runs', 'attention']);
    expect(placeOf(workspace.store.getState())).toBe('runs');
  });

  it('are four at most and one at least', () => {
    const workspace = createWorkspace();
    for (const place of ['runs', 'models', 'prompts', 'ablate'] as const) workspace.split(place);
    expect(workspace.store.getState().panes).toEqual(['heads', 'runs', 'models', 'prompts']);
    for (let i = 0; i < 6; i++) workspace.closePane(0);
    expect(workspace.store.getState()).toMatchObject({ panes: ['prompts'], focused: 0 });
  });

  it('keep the focus on the same place when another is closed', () => {
    const workspace = createWorkspace();
    workspace.setPanes(['heads', 'attention', 'runs'], 2);
    workspace.closePane(0);
    expect(placeOf(workspace.store.getState())).toBe('runs');
    workspace.closePane(1);
    expect(placeOf(workspace.store.getState())).toBe('attention');
  });
});

describe('settings', () => {
  it('go back to the first prompt with other prompts', () => {
    const workspace = createWorkspace();
    workspace.set({ promptIndex: 7 });
    workspace.set({ prompts: { kind: 'task', task: 'ioi', n: 16, seed: 3 } });
    expect(workspace.store.getState().promptIndex).toBe(0);
  });

  it('make the common part of requests once a model and prompts are chosen', () => {
    const workspace = createWorkspace();
    expect(measuredOn(workspace.store.getState())).toBeNull();
    const prompts = { kind: 'task', task: 'ioi', n: 16, seed: 3 } as const;
    workspace.set({ model: { model: '/m', weights: 'quantised' }, prompts });
    expect(measuredOn(workspace.store.getState())).toEqual({ model: '/m', weights: 'quantised', prompts, seed: 3 });
  });
});
