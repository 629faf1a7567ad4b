/** What can be measured on all heads: starts it as a job, and shows its numbers when they come. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { HeadShape } from '../../marks/headShape.ts';
import { formatDuration } from '../../marks/format.ts';
import { useHeadMeasures, useModelInfo, useWorkspace } from '../../api/hooks.ts';
import { promptsName } from '../../api/jobs.ts';
import { useRuns } from '../../api/queries.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import type { MenuItem } from '../../parts/menu.tsx';
import { Menu } from '../../parts/menu.tsx';
import { measuredOn } from '../../state/workspace.ts';
import type { RunPlan } from './runPlans.ts';
import { estimateSeconds, runPlans } from './runPlans.ts';
import { startPlan } from './startPlan.ts';

export function RunMenu({ heads }: { readonly heads: HeadShape }): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const isFirst = useHeadMeasures().length === 0;
  useShortcut('run', () => setIsOpen(true));
  return (
    <Menu
      label="Run over all heads"
      align="start"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      items={useItems(heads)}
      trigger={
        <Button icon="runs" look={isFirst ? 'primary' : 'normal'} title="Measure all heads (Ctrl Enter)">
          Run
        </Button>
      }
    />
  );
}

function useItems(heads: HeadShape): readonly MenuItem[] {
  const workbench = useWorkbench();
  const model = useWorkspace((state) => state.model);
  const prompts = useWorkspace((state) => state.prompts);
  const list = useHeadMeasures();
  const { data } = useRuns();
  const info = useModelInfo();
  const on =
    model === null || prompts === null ? null : measuredOn({ ...workbench.workspace.store.getState(), model, prompts });
  if (on === null) return [{ title: 'Choose prompts first', onChoose: () => choosePrompts(workbench) }];
  const hasBos = info?.tokenizer.kind === 'present' && info.tokenizer.bosId !== null;
  const plans = runPlans({ hasGroups: heads.kvHeads < heads.heads, hasBos });
  const items = plans.map((plan, i): MenuItem => {
    const n = plan.prompts(on);
    const seconds = estimateSeconds(plan, n, on.model, data?.runs ?? [], list);
    return {
      title: [titleOf(plan, on), n === null ? null : `n ${n}`, seconds === null ? null : about(seconds)]
        .filter((part) => part !== null)
        .join(' · '),
      ...(plans[i - 1]?.group === plan.group ? {} : { heading: plan.group, begins: i > 0 }),
      onChoose: () => startPlan(workbench, plan),
    };
  });
  return [...items, ...elsewhere(workbench)];
}

/** What is prepared in a place of its own, because it asks for more than a model and prompts. */
function elsewhere(workbench: Workbench): readonly MenuItem[] {
  return [
    {
      title: 'Retrieval heads: needles in haystacks',
      ...{ icon: 'right', heading: 'In their own places', begins: true },
      onChoose: () => workbench.workspace.goTo('retrieval'),
    },
    {
      title: 'Importance on a text: criteria for pruning',
      icon: 'right',
      onChoose: () => workbench.workspace.goTo('prune'),
    },
  ];
}

function titleOf({ id, title }: RunPlan, { prompts }: NonNullable<ReturnType<typeof measuredOn>>): string {
  return id === 'scores.prompts' ? `Scores on ${promptsName(prompts)}` : title;
}

function about(seconds: number): string {
  return `about ${formatDuration(Math.max(1, seconds))}`;
}

function choosePrompts({ dialogs }: Workbench): void {
  dialogs.show({ kind: 'palette', page: 'prompts' });
}
