/** Shows a feature on its card. */
import { useWorkbench } from '../../api/workbench.ts';
import { useChangeDictionaries } from './dictionariesSettings.ts';

export function useOpenFeature(): (dictionary: string, feature: number) => void {
  const { workspace } = useWorkbench();
  const change = useChangeDictionaries();
  return (dictionary, feature) => {
    workspace.set({ dictionary, feature });
    change({ face: 'feature' });
  };
}
