/** docs/shortcuts.md lists the shortcuts that there are. HEADSCOPE_UPDATE=1 writes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ShortcutId } from '../../../renderer/state/shortcuts.ts';
import { shortcutIds, shortcutOf } from '../../../renderer/state/shortcuts.ts';

const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'shortcuts.md');

type Group = ReturnType<typeof shortcutOf>['group'];

const groups: Readonly<Record<Group, string>> = {
  window: 'Anywhere',
  places: 'Places',
  heads: 'Heads',
  tokens: 'Tokens',
  jobs: 'Jobs',
  matrix: 'In a drawing that has the focus',
};

test('docs/shortcuts.md says what the table of shortcuts says', () => {
  if (process.env['HEADSCOPE_UPDATE'] === '1') writeFileSync(file, page());
  expect(readFileSync(file, 'utf8')).toBe(page());
});

function page(): string {
  const about =
    'Letters are shortcuts while no text is typed. Ctrl is Command on a Mac. The same list opens with Ctrl+/ in the window.';
  const parts = (Object.keys(groups) as Group[]).map((group) => {
    const rows = shortcutIds.filter((id) => shortcutOf(id).group === group).map(row);
    return [`## ${groups[group]}`, '', '| keys | |', '|---|---|', ...rows, ''].join('\n');
  });
  return [`# Shortcuts\n\n${about}\n`, ...parts].join('\n');
}

function row(id: ShortcutId): string {
  const { keys, title } = shortcutOf(id);
  return `| ${keys.map((chord) => `\`${chord}\``).join(', ')} | ${title} |`;
}
