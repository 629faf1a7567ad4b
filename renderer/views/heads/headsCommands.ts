/** In the palette: each way of measuring all heads, and the parts of the place. */
import type { Workbench } from '../../api/workbench.ts';
import type { CommandSpec } from '../../state/commands.ts';
import { measuredOn } from '../../state/workspace.ts';
import { chooseScores } from '../../shell/chooseScores.ts';
import { exportShown, shownRun } from './exportShown.ts';
import type { HeadsTab } from './headsSettings.ts';
import { headsSettings } from './headsSettings.ts';
import { runPlans } from './runPlans.ts';
import { startPlan } from './startPlan.ts';

function tabCommand(tab: HeadsTab, title: string): CommandSpec<Workbench> {
  return {
    id: `heads.${tab}`,
    title,
    run: (workbench) => {
      headsSettings(workbench).setState({ tab });
      workbench.workspace.goTo('heads');
    },
  };
}

export const headsCommands: readonly CommandSpec<Workbench>[] = [
  ...runPlans({ hasGroups: true, hasBos: true }).map((plan) => ({
    id: `heads.run.${plan.id}`,
    title: `Run: ${plan.title}`,
    isAvailable: ({ workspace }: Workbench) => measuredOn(workspace.store.getState()) !== null,
    run: (workbench: Workbench) => startPlan(workbench, plan),
  })),
  {
    id: 'heads.import',
    title: 'Import scores of heads from a file',
    run: (workbench) => chooseScores(workbench, 'files'),
  },
  {
    id: 'heads.importFolder',
    title: 'Import scores of heads from a folder (HeadVis, DuoAttention)',
    run: (workbench) => chooseScores(workbench, 'folder'),
  },
  {
    id: 'heads.export',
    title: 'Export the run that colours the heads',
    isAvailable: (workbench) => shownRun(workbench) !== null,
    run: exportShown,
  },
  tabCommand('table', 'Heads: ranked table'),
  tabCommand('map', 'Heads: map of heads that are alike'),
  tabCommand('sets', 'Heads: saved sets'),
  tabCommand('difference', 'Heads: compare with the pinned head'),
];
