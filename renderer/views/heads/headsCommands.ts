/** In the palette: each way of measuring all heads, and the parts of the place. */
import type { Workbench } from '../../api/workbench.ts';
import type { CommandSpec } from '../../state/commands.ts';
import { measuredOn } from '../../state/workspace.ts';
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
  tabCommand('table', 'Heads: ranked table'),
  tabCommand('map', 'Heads: map of heads that are alike'),
  tabCommand('sets', 'Heads: saved sets'),
  tabCommand('difference', 'Heads: compare with the pinned head'),
];
