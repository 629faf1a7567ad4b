/** What leaves the place as files and comes into it: the run behind the matrix in any form, and other tools' files. */
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import { attempt } from '../../api/attempt.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { saveFile } from '../../api/saveFile.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { MenuItem } from '../../parts/menu.tsx';
import { chooseScores } from '../../shell/chooseScores.ts';
import { exportShown } from './exportShown.ts';

export function useExportActions(measure: HeadMeasure | null): readonly MenuItem[] {
  const workbench = useWorkbench();
  return [
    ...(measure === null || measure.call === 'imported' ? [] : runItems(workbench, measure)),
    {
      ...{ title: 'Import scores from a file', icon: 'plus', begins: true },
      onChoose: () => chooseScores(workbench, 'files'),
    },
    { title: 'Import scores from a folder', icon: 'folder', onChoose: () => chooseScores(workbench, 'folder') },
  ];
}

function runItems(workbench: Workbench, { run, call }: HeadMeasure): readonly MenuItem[] {
  const save = (format: RequestOf<'export'>['format']) => () => exportRun(workbench, run, format);
  // heads.json says how important heads are: scores of behaviour are no such thing.
  const heads: readonly MenuItem[] =
    call === 'scores'
      ? []
      : [{ title: 'Save the run as heads.json', icon: 'download', begins: true, onChoose: save('heads.json') }];
  return [
    ...heads,
    { title: 'Save the run as CSV', icon: 'download', begins: heads.length === 0, onChoose: save('csv') },
    { title: 'Save the run in another form', icon: 'download', onChoose: () => exportShown(workbench) },
  ];
}

function exportRun(workbench: Workbench, run: string, format: RequestOf<'export'>['format']): void {
  attempt(workbench, async () => {
    await saveFile(await (workbench.client.export({ run, format }) as Promise<ResultOf<'export'>>));
  });
}
