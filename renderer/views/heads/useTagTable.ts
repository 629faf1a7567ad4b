/** The scores from which heads have their pattern tags: those that are shown, else the newest on the open model. */
import { useMemo } from 'react';
import { useHeadMeasures, useRun, useWorkspace } from '../../api/hooks.ts';
import type { RunStore } from '../../api/runStore.ts';
import type { ScoreTable } from '../../api/runTables.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { hasTagRules } from './headTags.ts';

/** Null where no scores were read; renders as their rows come. */
export function useTagTable(): ScoreTable | null {
  const { runs } = useWorkbench();
  const list = useHeadMeasures();
  const shown = useWorkspace((state) => state.measure);
  const id = useMemo(() => {
    const ofShown = list.filter((measure) => measure.id === shown);
    const found = [...ofShown, ...list].find(({ call, run }) => call === 'scores' && tableOf(runs, run) !== null);
    return found?.run ?? null;
  }, [runs, list, shown]);
  const table = useRun(id)?.table ?? null;
  return table?.kind === 'scores' ? table : null;
}

function tableOf(runs: RunStore, run: string): ScoreTable | null {
  const { table } = runs.get(run);
  return table?.kind === 'scores' && hasTagRules(table) ? table : null;
}
