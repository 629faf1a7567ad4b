import type { Workbench } from '../../api/workbench.ts';
import type { CommandSpec } from '../../state/commands.ts';
import type { View } from '../view.ts';
import type { RunsSettings } from './runsSettings.ts';
import { runsSettings } from './runsSettings.ts';
import { RunsInspector } from './runsInspector.tsx';
import { RunsPlace } from './runsPlace.tsx';

function show(id: string, title: string, change: Partial<RunsSettings>): CommandSpec<Workbench> {
  return {
    id: `runs.${id}`,
    title,
    run: (workbench) => {
      runsSettings(workbench).setState(change);
      workbench.workspace.goTo('runs');
    },
  };
}

export const runsView: View = {
  id: 'runs',
  title: 'Runs',
  key: '0',
  icon: 'runs',
  about:
    'Everything that was measured, kept in the project with what is needed to measure it again. Choose a run to read it; mark another with Space to compare the two, or to lay their numbers over each other. Delete moves a run into the bin, from where it can be restored.',
  reads: ['model', 'heads', 'primary', 'pinned', 'run'],
  writes: ['heads', 'primary', 'measure', 'run'],
  Component: RunsPlace,
  Inspector: RunsInspector,
  commands: [
    show('compare', 'Runs: compare two', { tab: 'compare', isBin: false }),
    show('overlay', 'Runs: lay two over each other', { tab: 'overlay', isBin: false }),
    show('active', 'Runs: those that go on', { state: 'active', isBin: false }),
    show('bin', 'Runs: the bin', { isBin: true }),
  ],
};
