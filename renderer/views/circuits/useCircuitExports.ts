/** Files of the engine's own making: the chosen method's circuit and node scores, and the dialog that all runs have. */
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import { attempt } from '../../api/attempt.ts';
import { useExportForms } from '../../api/queries.ts';
import { saveFile } from '../../api/saveFile.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { MenuItem } from '../../parts/menu.tsx';
import { useChangeCircuits } from './circuitsSettings.ts';
import type { CircuitRun, ShownCircuit } from './useShownCircuit.ts';

type Export = RequestOf<'export'>;

export function useCircuitExports({ run, runs }: CircuitRun): readonly MenuItem[] {
  const { dialogs } = useWorkbench();
  const change = useChangeCircuits();
  const title = runs.list.find(({ id }) => id === run)?.title ?? '';
  return [
    { title: 'Run methods', icon: 'runs', onChoose: () => change({ face: 'methods' }) },
    ...(run === null
      ? []
      : [
          {
            ...({ title: 'Export the run', icon: 'download', begins: true } as const),
            onChoose: () => dialogs.show({ kind: 'exportRun', run, title }),
          },
        ]),
  ];
}

/** Of the best k nodes by the chosen method. */
export function useMethodExports({ run, method, view }: ShownCircuit, k: number): readonly MenuItem[] {
  const workbench = useWorkbench();
  const forms = useExportForms({ run }).data?.forms ?? [];
  if (method === null) return [];
  const save = (request: Export) =>
    attempt(workbench, async () => {
      await saveFile(await (workbench.client.export(request) as Promise<ResultOf<'export'>>));
    });
  const circuit = { run, metric: method.id, format: 'circuit.json', remove: view.header.nodes.length - k } as const;
  const nodes = { run, metric: method.id, format: 'mib-nodes' } as const;
  const isOffered = (format: Export['format']) => forms.some((form) => form.format === format);
  const items: readonly MenuItem[] = [
    { title: `Save the best ${k} as a circuit file`, icon: 'download', begins: true, onChoose: () => save(circuit) },
    { title: 'Save node scores for MIB', icon: 'download', onChoose: () => save(nodes) },
  ];
  return items.filter((_, i) => isOffered(i === 0 ? 'circuit.json' : 'mib-nodes'));
}
