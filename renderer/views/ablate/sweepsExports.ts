/** A run as a file of the engine's own making. */
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import { attempt } from '../../api/attempt.ts';
import { saveFile } from '../../api/saveFile.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { MenuItem } from '../../parts/menu.tsx';

type Format = RequestOf<'export'>['format'];

const titles: Readonly<Partial<Record<Format, string>>> = {
  'heads.json': 'Save the run as heads.json',
  csv: 'Save the run as CSV',
};

export function useRunExports(run: string, formats: readonly Format[]): readonly MenuItem[] {
  const workbench = useWorkbench();
  return formats.map((format, i) => ({
    title: titles[format] ?? `Save the run as ${format}`,
    icon: 'download',
    begins: i === 0,
    onChoose: () =>
      attempt(workbench, async () => {
        await saveFile(await (workbench.client.export({ run, format }) as Promise<ResultOf<'export'>>));
      }),
  }));
}
