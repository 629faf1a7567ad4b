/** The design tokens that drawings need, read from the page's style once for each theme. */
import { useSyncExternalStore } from 'react';
import type { ColourTable } from './colour.ts';
import { colourTable } from './colour.ts';

export interface Theme {
  readonly ink: string;
  readonly ink2: string;
  readonly ink3: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly pane: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly mark: string;
  readonly markSoft: string;
  readonly unknown: string;
  readonly minus: string;
  readonly plus: string;
  readonly fontText: string;
  readonly fontCode: string;
  readonly sequential: ColourTable;
  readonly signed: ColourTable;
}

const sequentialStops = [0, 1, 2, 3, 4, 5].map((i) => `--sequential-${i}`);
const signedStops = ['--minus-3', '--minus-2', '--minus-1', '--zero', '--plus-1', '--plus-2', '--plus-3'];

/** `token('--ink')` gives the value of a custom property. */
export function readTheme(token: (name: string) => string): Theme {
  return {
    ink: token('--ink'),
    ink2: token('--ink-2'),
    ink3: token('--ink-3'),
    line: token('--line'),
    lineStrong: token('--line-strong'),
    pane: token('--pane'),
    accent: token('--accent'),
    accentSoft: token('--accent-soft'),
    mark: token('--mark'),
    markSoft: token('--mark-soft'),
    unknown: token('--unknown-line'),
    minus: token('--minus-2'),
    plus: token('--plus-2'),
    fontText: token('--font-text'),
    fontCode: token('--font-code'),
    sequential: colourTable(sequentialStops.map(token)),
    signed: colourTable(signedStops.map(token)),
  };
}

let current: Theme | null = null;
const listeners = new Set<() => void>();

function snapshot(): Theme {
  if (current !== null) return current;
  const style = getComputedStyle(document.documentElement);
  current = readTheme((name) => style.getPropertyValue(name).trim());
  return current;
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) watchPage();
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) unwatchPage();
  };
}

function changed(): void {
  current = null;
  for (const listener of listeners) listener();
}

const watcher = typeof MutationObserver === 'undefined' ? null : new MutationObserver(changed);

/** The theme changes with the attribute `data-theme` of the root element, and canvases gain their fonts when they load. */
function watchPage(): void {
  current = null;
  watcher?.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  document.fonts.addEventListener('loadingdone', changed);
  // A canvas does not ask for the faces that it draws with.
  for (const font of [snapshot().fontText, snapshot().fontCode]) void document.fonts.load(`11px ${font}`);
}

function unwatchPage(): void {
  watcher?.disconnect();
  document.fonts.removeEventListener('loadingdone', changed);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, snapshot);
}
