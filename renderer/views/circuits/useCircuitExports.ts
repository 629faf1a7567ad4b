/** The run as files of the engine's own making, those of circuits first; the rest by the dialog that all runs have. */
import { useWorkbench } from '../../api/workbench.ts';
import type { MenuItem } from '../../parts/menu.tsx';
import type { CircuitRun } from './useShownCircuit.ts';

export function useCircuitExports({ shown, runs }: CircuitRun): readonly MenuItem[] {
  const workbench = useWorkbench();
  if (shown === null) return [];
  const title = runs.list.find(({ id }) => id === shown.run)?.title ?? shown.run;
  const dialog: MenuItem = {
    ...{ title: 'Export the run', icon: 'download', begins: true },
    onChoose: () => workbench.dialogs.show({ kind: 'exportRun', run: shown.run, title }),
  };
  return [dialog];
}
