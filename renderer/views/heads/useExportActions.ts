/** The run behind the matrix as a file that other tools read. */
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import { attempt } from '../../api/attempt.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { saveFile } from '../../api/saveFile.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { MenuItem } from '../../parts/menu.tsx';

export function useExportActions(measure: HeadMeasure | null): readonly MenuItem[] {
  const workbench = useWorkbench();
  if (measure === null) return [];
  const save = (format: RequestOf<'export'>['format']) => () => exportRun(workbench, measure.run, format);
  // heads.json says how important heads are: scores of behaviour are no such thing.
  const heads: readonly MenuItem[] =
    measure.call === 'scores'
      ? []
      : [{ title: 'Save the run as heads.json', icon: 'download', begins: true, onChoose: save('heads.json') }];
  return [
    ...heads,
    { title: 'Save the run as CSV', icon: 'download', begins: heads.length === 0, onChoose: save('csv') },
  ];
}

function exportRun(workbench: Workbench, run: string, format: RequestOf<'export'>['format']): void {
  attempt(workbench, async () => {
    await saveFile(await (workbench.client.export({ run, format }) as Promise<ResultOf<'export'>>));
  });
}
