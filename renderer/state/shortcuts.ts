/** All shortcuts of the workbench, once: the key handler, the palette and the drawer of shortcuts read this table. */

interface Shortcut {
  /** Chords, `Ctrl+K`; Ctrl is Command on a Mac. */
  readonly keys: readonly string[];
  readonly title: string;
  readonly group: 'window' | 'places' | 'heads' | 'tokens' | 'jobs' | 'matrix';
  /** Keys of a focused drawing, which answers them itself; listed only. */
  readonly local?: true;
  /** A field has its own of this while text is typed. */
  readonly ofFields?: true;
}

const shortcuts = {
  palette: { keys: ['Ctrl+K'], title: 'Find a head, run a command', group: 'window' },
  openModel: { keys: ['Ctrl+O'], title: 'Open a model', group: 'window' },
  choosePrompts: { keys: ['Ctrl+P'], title: 'Choose prompts', group: 'window' },
  undo: { keys: ['Ctrl+Z'], title: 'Undo', group: 'window', ofFields: true },
  redo: { keys: ['Ctrl+Y', 'Ctrl+Shift+Z'], title: 'Redo', group: 'window', ofFields: true },
  shortcuts: { keys: ['Ctrl+/'], title: 'Shortcuts', group: 'window' },
  help: { keys: ['?'], title: 'About the focused view', group: 'window' },
  fullPane: { keys: ['F'], title: 'Focused pane in full, and back', group: 'window' },
  export: { keys: ['E'], title: 'Export what the focused view shows', group: 'window' },
  back: { keys: ['Escape'], title: 'Back one level', group: 'window' },
  place1: { keys: ['1'], title: 'Models', group: 'places' },
  place2: { keys: ['2'], title: 'Prompts', group: 'places' },
  place3: { keys: ['3'], title: 'Heads', group: 'places' },
  place4: { keys: ['4'], title: 'Attention', group: 'places' },
  place5: { keys: ['5'], title: 'Ablate', group: 'places' },
  place6: { keys: ['6'], title: 'Retrieval', group: 'places' },
  place7: { keys: ['7'], title: 'Circuits', group: 'places' },
  place8: { keys: ['8'], title: 'SAEs', group: 'places' },
  place9: { keys: ['9'], title: 'Prune', group: 'places' },
  place0: { keys: ['0'], title: 'Runs', group: 'places' },
  find: { keys: ['/'], title: 'Find a token or head (9.6, L9H6, a9.h6)', group: 'heads' },
  pin: { keys: ['P'], title: 'Pin the head to compare with, or unpin it', group: 'heads' },
  diff: { keys: ['D'], title: 'Difference with the pinned head', group: 'heads' },
  ablate: { keys: ['X'], title: 'Ablate the set of heads', group: 'heads' },
  layer: { keys: ['A'], title: 'All heads of the layer into the set, or out of it', group: 'heads' },
  invert: { keys: ['I'], title: 'Invert the set', group: 'heads' },
  rank: { keys: ['R'], title: 'Rank heads by the measure', group: 'heads' },
  previousHead: { keys: ['['], title: 'Previous head in rank', group: 'heads' },
  nextHead: { keys: [']'], title: 'Next head in rank', group: 'heads' },
  saveSet: { keys: ['S'], title: 'Save the set of heads', group: 'heads' },
  lockHover: { keys: ['L'], title: 'Lock what is pointed at', group: 'heads' },
  previousToken: { keys: [','], title: 'Previous token', group: 'tokens' },
  nextToken: { keys: ['.'], title: 'Next token', group: 'tokens' },
  run: { keys: ['Ctrl+Enter'], title: 'Run what the focused view proposes', group: 'jobs' },
  cancel: { keys: ['Ctrl+.'], title: 'Cancel the running job', group: 'jobs' },
  move: { keys: ['Arrows'], title: 'Move', group: 'matrix', local: true },
  extend: { keys: ['Shift+Arrows'], title: 'Extend the set', group: 'matrix', local: true },
  row: { keys: ['Home', 'End'], title: 'First and last of the row', group: 'matrix', local: true },
  page: { keys: ['PageUp', 'PageDown'], title: 'Layer before and after', group: 'matrix', local: true },
  open: { keys: ['Enter'], title: 'Open', group: 'matrix', local: true },
  toggle: { keys: ['Space'], title: 'Into the set, or out of it', group: 'matrix', local: true },
} as const satisfies Record<string, Shortcut>;

export type ShortcutId = keyof typeof shortcuts;

export const shortcutIds = Object.keys(shortcuts) as ShortcutId[];

export function shortcutOf(id: ShortcutId): Shortcut {
  return shortcuts[id];
}

/** What of a key press decides; a KeyboardEvent is one. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** `Ctrl+Shift+Z`, `A`, `?`. Shift is part of a character such as `?`, and so is not named with it. */
export function chordOf({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyPress): string {
  const name = key.length === 1 ? key.toUpperCase() : key;
  const isLetter = /^[A-Z]$/.test(name);
  const namesShift = shiftKey && (key.length > 1 || isLetter);
  return [ctrlKey || metaKey ? ['Ctrl'] : [], altKey ? ['Alt'] : [], namesShift ? ['Shift'] : [], name]
    .flat()
    .join('+');
}

/** The shortcut of a key press, or null. While text is typed only chords with Ctrl, and Escape, are shortcuts. */
export function shortcutFor(press: KeyPress, isTyping: boolean): ShortcutId | null {
  const chord = chordOf(press);
  if (isTyping && !chord.startsWith('Ctrl+') && chord !== 'Escape') return null;
  const id = shortcutIds.find((one) => shortcutOf(one).local !== true && shortcutOf(one).keys.includes(chord));
  return id === undefined || (isTyping && shortcutOf(id).ofFields === true) ? null : id;
}
