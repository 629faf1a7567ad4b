/** What the palette lists, before anything is typed into it. */
import type { ResultOf } from '../../engine/results/contract.ts';
import type { HeadMeasure } from '../api/measuresOfRun.ts';
import type { Workbench } from '../api/workbench.ts';
import type { CommandSpec } from '../state/commands.ts';
import type { ShortcutId } from '../state/shortcuts.ts';
import { shortcutOf } from '../state/shortcuts.ts';
import type { View } from '../views/view.ts';

export interface PaletteItem {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly detail?: string;
  readonly keys?: string;
  readonly run: () => void | Promise<void>;
}

export function placeItems({ workspace }: Workbench, views: readonly View[]): readonly PaletteItem[] {
  return views.map(({ id, title, key }) => ({
    id: `place ${id}`,
    group: 'Places',
    title,
    keys: key,
    run: () => workspace.goTo(id),
  }));
}

export function commandItems(workbench: Workbench, specs: readonly CommandSpec<Workbench>[]): readonly PaletteItem[] {
  return specs
    .filter(({ isAvailable }) => isAvailable?.(workbench) ?? true)
    .map(({ id, title, shortcut, run }) => ({
      id: `command ${id}`,
      group: 'Commands',
      title,
      ...(shortcut === undefined ? {} : { keys: keysOf(shortcut) }),
      run: () => run(workbench),
    }));
}

function keysOf(id: ShortcutId): string {
  return shortcutOf(id).keys[0] ?? '';
}

export function measureItems({ workspace }: Workbench, list: readonly HeadMeasure[]): readonly PaletteItem[] {
  return list.map(({ id, title, dataset, n }) => ({
    id: `measure ${id}`,
    group: 'Colour heads by',
    title,
    detail: `${dataset}, n ${n}`,
    run: () => workspace.set({ measure: id }),
  }));
}

export function modelItems({ dialogs }: Workbench, library: ResultOf<'library'> | undefined): readonly PaletteItem[] {
  const sources = library?.sources ?? [];
  return sources.flatMap(({ id: source, title: from, models }) =>
    models.map(({ path, name }) => ({
      id: `model ${source} ${path}`,
      group: 'Models',
      title: name,
      detail: from,
      run: () => dialogs.show({ kind: 'openModel', path }),
    })),
  );
}

/** Runs that are listed, the newest. */
const RUNS = 50;

export function runItems({ workspace }: Workbench, runs: ResultOf<'runs'> | undefined): readonly PaletteItem[] {
  return (runs?.runs ?? []).slice(0, RUNS).map(({ id, title, state, created }) => ({
    id: `run ${id}`,
    group: 'Runs',
    title,
    detail: `${state}, ${new Date(created).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}`,
    run: () => {
      workspace.set({ run: id });
      workspace.goTo('runs');
    },
  }));
}

/** Prompts of a task that is chosen by name: enough for an interval, few enough for a moment. */
const PROMPTS = 64;

export function promptItems({ workspace }: Workbench, tasks: ResultOf<'tasks'> | undefined): readonly PaletteItem[] {
  return (tasks?.tasks ?? []).map(({ id, title, about }) => ({
    id: `task ${id}`,
    group: 'Prompts',
    title,
    detail: about,
    run: () => workspace.set({ prompts: { kind: 'task', task: id, n: PROMPTS, seed: 0 } }),
  }));
}
