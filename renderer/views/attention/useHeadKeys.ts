/** Keys of the place: tokens before and after, heads where no measure ranks them, the difference with the pinned head. */
import type { HeadRef } from '../../../engine/results/units.ts';
import { useSelection, useWorkspace } from '../../api/hooks.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { headBeside } from './headSteps.ts';
import type { SettingsInUse } from './useSettings.ts';
import type { ShownPrompt } from './useShownPrompt.ts';

export function useHeadKeys(
  shape: HeadShape | null,
  head: HeadRef,
  shown: ShownPrompt,
  { settings, change }: SettingsInUse,
): void {
  const { selection } = useWorkbench();
  const hasRank = useWorkspace((state) => state.measure !== null);
  const hasPin = useSelection((state) => state.pinned !== null);
  const last = shown.kind === 'ready' ? shown.ids.length - 1 : null;
  const token = (step: number) => {
    const query = selection.store.getState().query ?? last ?? 0;
    selection.setTokens({ query: Math.min(last ?? 0, Math.max(0, query + step)) });
  };
  const beside = (step: 1 | -1) =>
    shape === null || hasRank ? null : () => selection.setPrimary(headBeside(shape, head, step));
  useShortcut('previousToken', last === null ? null : () => token(-1));
  useShortcut('nextToken', last === null ? null : () => token(1));
  useShortcut('previousHead', beside(-1));
  useShortcut('nextHead', beside(1));
  const toggle = () => change({ mode: 'map', compare: settings.compare === 'heads' ? 'none' : 'heads' });
  useShortcut('diff', hasPin || settings.compare === 'heads' ? toggle : null);
}
