/** The theme on the page: as chosen, or as the system says. The choice is kept in this browser. */
import { useEffect } from 'react';
import { useWorkspace } from '../api/hooks.ts';
import { useWorkbench } from '../api/workbench.ts';
import type { ThemeChoice } from '../state/workspace.ts';

const KEY = 'headscope.theme';
const choices: readonly ThemeChoice[] = ['system', 'light', 'dark'];

export function useThemeChoice(): void {
  const { workspace } = useWorkbench();
  const theme = useWorkspace((state) => state.theme);
  useEffect(() => {
    const kept = choices.find((choice) => choice === localStorage.getItem(KEY));
    if (kept !== undefined) workspace.set({ theme: kept });
  }, [workspace]);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const apply = () => {
      const isDark = theme === 'dark' || (theme === 'system' && dark.matches);
      document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
    };
    apply();
    localStorage.setItem(KEY, theme);
    dark.addEventListener('change', apply);
    return () => dark.removeEventListener('change', apply);
  }, [theme]);
}
