/** Files of the engine's own making: the chosen method's circuit and node scores, and the dialog that all runs have. */
import { checkCircuit } from '../../../engine/results/circuit.ts';
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import { attempt } from '../../api/attempt.ts';
import { useExportForms } from '../../api/queries.ts';
import { saveFile } from '../../api/saveFile.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { MenuItem } from '../../parts/menu.tsx';
import { circuitFile } from './circuitFile.ts';
import { useChangeCircuits } from './circuitsSettings.ts';
import type { CircuitChoice } from './useCircuitChoice.ts';
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

/** Of the circuit that is looked at, and of the chosen method's scores. */
export function useMethodExports(
  { run, method, view }: ShownCircuit,
  { order, k, nodes: circuit, changes }: CircuitChoice,
): readonly MenuItem[] {
  const workbench = useWorkbench();
  const forms = useExportForms({ run }).data?.forms ?? [];
  if (method === null) return [];
  const exported = (request: Export) => workbench.client.export(request) as Promise<ResultOf<'export'>>;
  const remove = view.header.nodes.length - order.length;
  const saveCircuit = async () => {
    const file = await exported({ run, metric: method.id, format: 'circuit.json', remove });
    const ranked = checkCircuit(JSON.parse(new TextDecoder().decode(file.data)), file.name);
    const data = `${JSON.stringify(circuitFile({ ranked, nodes: circuit, changes }), null, 2)}\n`;
    await saveFile({ ...file, data });
  };
  const saveScores = async () => {
    await saveFile(await exported({ run, metric: method.id, format: 'mib-nodes' }));
  };
  const which = changes === '' ? `the best ${k}` : 'what was changed by hand';
  const isOffered = (format: Export['format']) => forms.some((form) => form.format === format);
  const items: readonly MenuItem[] = [
    {
      ...({ title: `Save ${which} as a circuit file`, icon: 'download', begins: true } as const),
      onChoose: () => attempt(workbench, saveCircuit),
    },
    { title: 'Save node scores for MIB', icon: 'download', onChoose: () => attempt(workbench, saveScores) },
  ];
  return items.filter((_, i) => isOffered(i === 0 ? 'circuit.json' : 'mib-nodes'));
}
