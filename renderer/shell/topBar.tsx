/** Along the top: what is open, on what it is measured, and the way to everything else. */
import type { ReactElement } from 'react';
import { useWorkbench } from '../api/workbench.ts';
import { IconButton } from '../parts/button.tsx';
import { Kbd } from '../parts/kbd.tsx';
import { ModelChip } from './modelChip.tsx';
import { PromptChip } from './promptChip.tsx';
import './topBar.css';

export function TopBar(): ReactElement {
  const { dialogs } = useWorkbench();
  return (
    <header className="topBar">
      <h1 className="spoken">Headscope</h1>
      <div className="topBar-mark" aria-hidden="true">
        <svg width="22" height="22" viewBox="0 0 22 22">
          <rect x="1.5" y="1.5" width="19" height="19" rx="4" fill="none" stroke="currentColor" strokeWidth="1.5" />
          <path d="M6 6l10 10" stroke="var(--accent)" strokeWidth="2" strokeLinecap="round" />
        </svg>
      </div>
      <ModelChip />
      <PromptChip />
      <button type="button" className="topBar-search" onClick={() => dialogs.show({ kind: 'palette', page: 'all' })}>
        Find a head, run a command
        <Kbd keys="Ctrl+K" />
      </button>
      <IconButton icon="info" label="About this view, tours" onClick={() => dialogs.show({ kind: 'help' })} />
    </header>
  );
}
