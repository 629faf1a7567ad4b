/**
 * Undo and redo of what a user sets: the selection, and the settings that change what is measured. Not of places and panes,
 * which are looked around in. What is moved along (a slider, the primary head) is one step while it moves, as is a gesture
 * (painting).
 */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Selection, SelectionState } from './selection.ts';
import type { Workspace, WorkspaceState } from './workspace.ts';

const settings = ['prompts', 'promptIndex', 'measure', 'second', 'ablation', 'scale', 'randomSets'] as const;
type Settings = Pick<WorkspaceState, (typeof settings)[number]>;

interface Snapshot {
  readonly selection: SelectionState;
  readonly settings: Settings;
  /** What views keep themselves, by their stores. */
  readonly own: ReadonlyMap<StoreApi<object>, object>;
}

export interface Undo {
  /** What can be done. */
  readonly store: StoreApi<{ readonly past: number; readonly future: number }>;
  readonly undo: () => void;
  readonly redo: () => void;
  /** All changes until the returned function is called are one step. */
  readonly gesture: () => () => void;
  /** Changes that the user did not make: no step. */
  readonly silently: (change: () => void) => void;
  /** A store of a view, all of which is taken back and done again like the selection, from now on. */
  readonly include: (store: StoreApi<object>) => void;
  /** Forgets all steps: another model is open. */
  readonly clear: () => void;
  readonly dispose: () => void;
}

export interface UndoOptions {
  /** Milliseconds within which moves of the same fields are one step. */
  readonly merge?: number;
  readonly most?: number;
  readonly now?: () => number;
}

export function createUndo(
  selection: Selection,
  workspace: Workspace,
  { merge = 600, most = 200, now = () => Date.now() }: UndoOptions = {},
): Undo {
  const store = createStore(() => ({ past: 0, future: 0 }));
  const included: StoreApi<object>[] = [];
  const snapshot = (): Snapshot => ({
    ...snapshotOf(selection, workspace),
    own: new Map(included.map((own) => [own, own.getState()])),
  });
  let past: Snapshot[] = [];
  let future: Snapshot[] = [];
  let present = snapshot();
  let last = { fields: '', time: -Infinity };
  let gesture: 'none' | 'begun' | 'changed' = 'none';
  let isSilent = false;

  const told = () => store.setState({ past: past.length, future: future.length });
  const record = () => {
    const next = snapshot();
    const fields = changedFields(present, next);
    if (isSilent || fields === '') return void (present = next);
    const moves = fields === last.fields && isMoved(fields) && now() - last.time < merge;
    const joins = gesture === 'changed' || (gesture === 'none' && moves);
    if (!joins) past = [...past, present].slice(-most);
    if (gesture === 'begun') gesture = 'changed';
    last = { fields, time: now() };
    future = [];
    present = next;
    told();
  };
  const silently = (change: () => void) => {
    isSilent = true;
    change();
    isSilent = false;
  };
  const restore = (to: Snapshot) => {
    silently(() => {
      selection.store.setState(to.selection);
      workspace.store.setState(to.settings);
      // A store that was included later than this step has not changed since.
      for (const [own, state] of to.own) own.setState(state, true);
    });
    present = snapshot();
    last = { fields: '', time: -Infinity };
    told();
  };
  const stops = [selection.store.subscribe(record), workspace.store.subscribe(record)];

  return {
    store,
    undo: () => {
      const before = past.at(-1);
      if (before === undefined) return;
      past = past.slice(0, -1);
      future = [...future, present];
      restore(before);
    },
    redo: () => {
      const after = future.at(-1);
      if (after === undefined) return;
      future = future.slice(0, -1);
      past = [...past, present];
      restore(after);
    },
    gesture: () => {
      gesture = 'begun';
      return () => {
        gesture = 'none';
        last = { fields: '', time: -Infinity };
      };
    },
    silently,
    include: (own) => {
      included.push(own);
      present = snapshot();
      stops.push(own.subscribe(record));
    },
    clear: () => {
      past = [];
      future = [];
      told();
    },
    dispose: () => stops.forEach((stop) => stop()),
  };
}

function snapshotOf(selection: Selection, workspace: Workspace): Omit<Snapshot, 'own'> {
  const { prompts, promptIndex, measure, second, ablation, scale, randomSets } = workspace.store.getState();
  return {
    selection: selection.store.getState(),
    settings: { prompts, promptIndex, measure, second, ablation, scale, randomSets },
  };
}

const moved = new Set(['primary', 'query', 'key', 'layer', 'promptIndex', 'scale', 'randomSets']);

function isMoved(fields: string): boolean {
  return fields.split(' ').every((field) => moved.has(field));
}

/** Names of what differs; empty where nothing does. */
function changedFields(a: Snapshot, b: Snapshot): string {
  const selected = Object.keys(a.selection) as (keyof SelectionState)[];
  return [
    ...selected.filter((key) => a.selection[key] !== b.selection[key]),
    ...settings.filter((key) => a.settings[key] !== b.settings[key]),
    ...[...b.own].flatMap(([own, state]) => (a.own.get(own) === state ? [] : ['own'])),
  ].join(' ');
}
