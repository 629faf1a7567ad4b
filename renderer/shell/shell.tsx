/** The frame: rail, top bar, panes, inspector, job tray, and what may lie over them. */
import type { ReactElement } from 'react';
import { useWorkspace } from '../api/hooks.ts';
import { ConnectionBanner } from './connectionBanner.tsx';
import { Dialogs } from './dialogs.tsx';
import { Inspector } from './inspector.tsx';
import { JobTray } from './jobTray.tsx';
import { LiveRegion } from './liveRegion.tsx';
import { NoticeBanner } from './noticeBanner.tsx';
import { PaneGrid } from './paneGrid.tsx';
import { Rail } from './rail.tsx';
import './shell.css';
import { TopBar } from './topBar.tsx';
import { TourGuide } from './tour.tsx';
import { useDrops } from './useDrops.ts';
import { useFirstStart } from './useFirstStart.ts';
import { useReopen } from './useReopen.ts';
import { useGlobalShortcuts } from './useGlobalShortcuts.ts';
import { useKeys } from './useKeys.ts';
import { useThemeChoice } from './useThemeChoice.ts';
import { useViewAddress } from './useViewAddress.ts';

export function Shell(): ReactElement {
  const hasInspector = useWorkspace((state) => state.inspector && state.full === null);
  useThemeChoice();
  useViewAddress();
  useDrops();
  useFirstStart();
  useReopen();
  useGlobalShortcuts();
  useKeys();
  return (
    <div className="shell" data-inspector={hasInspector}>
      <TopBar />
      <Rail />
      <main className="shell-main">
        <ConnectionBanner />
        <NoticeBanner />
        <PaneGrid />
      </main>
      {hasInspector && <Inspector />}
      <JobTray />
      <Dialogs />
      <TourGuide />
      <LiveRegion />
    </div>
  );
}
