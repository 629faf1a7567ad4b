import { describe, expect, it } from 'vitest';
import { createShortcutHandlers } from '../../../renderer/state/shortcutHandlers.ts';
import type { KeyPress } from '../../../renderer/state/shortcuts.ts';
import { chordOf, shortcutFor, shortcutIds, shortcutOf } from '../../../renderer/state/shortcuts.ts';

const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...change,
});

describe('shortcuts', () => {
  it('have each chord once', () => {
    const chords = shortcutIds.flatMap((id) => shortcutOf(id).keys);
    expect(chords.filter((chord, at) => chords.indexOf(chord) !== at)).toEqual([]);
  });

  it('are found from a key press, Command being Ctrl', () => {
    expect(shortcutFor(press('k', { ctrlKey: true }), false)).toBe('palette');
    expect(shortcutFor(press('k', { metaKey: true }), false)).toBe('palette');
    expect(shortcutFor(press('z', { ctrlKey: true, shiftKey: true }), false)).toBe('redo');
    expect(shortcutFor(press('?', { shiftKey: true }), false)).toBe('help');
    expect(shortcutFor(press('p'), false)).toBe('pin');
  });

  it('are only those with Ctrl, and Escape, while text is typed', () => {
    expect(shortcutFor(press('p'), true)).toBeNull();
    expect(shortcutFor(press('/'), true)).toBeNull();
    expect(shortcutFor(press('3'), true)).toBeNull();
    expect(shortcutFor(press('Escape'), true)).toBe('back');
    expect(shortcutFor(press('k', { ctrlKey: true }), true)).toBe('palette');
    expect(shortcutFor(press('z', { ctrlKey: true }), true)).toBeNull();
  });

  it('do not take keys that a drawing answers itself, nor letters with other modifiers', () => {
    expect(shortcutFor(press(' '), false)).toBeNull();
    expect(shortcutFor(press('Enter'), false)).toBeNull();
    expect(shortcutFor(press('p', { shiftKey: true }), false)).toBeNull();
    expect(chordOf(press('p', { altKey: true }))).toBe('Alt+P');
  });
});

describe('who answers a shortcut', () => {
  it('is the focused pane, then the window, then another pane', () => {
    const handlers = createShortcutHandlers();
    const heard: string[] = [];
    const other = handlers.register('rank', () => heard.push('pane 1'), 1);
    expect(handlers.run('rank', 0)).toBe(true);
    const whole = handlers.register('rank', () => heard.push('window'), null);
    handlers.run('rank', 0);
    handlers.register('rank', () => heard.push('pane 0'), 0);
    handlers.run('rank', 0);
    expect(heard).toEqual(['pane 1', 'window', 'pane 0']);
    other();
    whole();
    expect(handlers.run('pin', 0)).toBe(false);
  });
});
