/** What the painted set does, to be taken elsewhere; nothing while there is nothing. */
import { useWorkbench } from '../../api/workbench.ts';
import { saveFile } from '../../api/saveFile.ts';
import { copyText } from '../../parts/copyText.ts';
import type { MenuItem } from '../../parts/menu.tsx';
import { effectCsv } from './effectCsv.ts';
import { liveEffect } from './liveEffect.ts';

export function useEffectExports(): readonly MenuItem[] {
  const live = liveEffect(useWorkbench());
  const csv = () => {
    const { value, of } = live.store.getState();
    return of === null ? '' : effectCsv(value, of);
  };
  return [
    { title: 'Copy the effect as CSV', begins: true, onChoose: () => void copyText(csv()) },
    {
      ...{ title: 'Save the effect as CSV', icon: 'download' },
      onChoose: () => void saveFile({ name: 'effect.csv', mediaType: 'text/csv', data: csv() }),
    },
  ];
}
