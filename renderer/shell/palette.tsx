/** One line to type into: a head by any of its names, a place, a measure, a model, prompts, a command. */
import { Command } from 'cmdk';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { attempt } from '../api/attempt.ts';
import { useHeadMeasures, useHeadShape } from '../api/hooks.ts';
import { desktopBridge } from '../api/desktopBridge.ts';
import { useLibrary, useRuns, useTasks } from '../api/queries.ts';
import type { Workbench } from '../api/workbench.ts';
import { useWorkbench } from '../api/workbench.ts';
import type { HeadShape } from '../marks/headShape.ts';
import { hasHead } from '../marks/headShape.ts';
import { Kbd } from '../parts/kbd.tsx';
import type { PalettePage } from '../state/dialogs.ts';
import { headName, parseHead } from '../state/headNames.ts';
import { views } from '../views/index.ts';
import { commands } from './commands.ts';
import './palette.css';
import type { PaletteItem } from './paletteItems.ts';
import { commandItems, measureItems, modelItems, placeItems, promptItems, runItems } from './paletteItems.ts';
import { paletteScore } from './paletteScore.ts';

const placeholders: Readonly<Record<PalettePage, string>> = {
  all: 'L9H6, a place, a measure, a command',
  heads: 'A head: 9.6, L9H6, a9.h6',
  models: 'A model, or the path of one',
  prompts: 'A task',
};

export function Palette({ page }: { readonly page: PalettePage }): ReactElement {
  const workbench = useWorkbench();
  const [text, setText] = useState('');
  const items = fitting(useItems(workbench, page, text), text);
  const groups = [...new Set(items.map(({ group }) => group))];
  const choose = ({ run }: PaletteItem) => {
    workbench.dialogs.close();
    attempt(workbench, run);
  };
  return (
    <Command.Dialog
      open
      onOpenChange={(isOpen) => !isOpen && workbench.dialogs.close()}
      label="Find a head, run a command"
      className="palette"
      overlayClassName="dialog-veil"
      contentClassName="palette-box"
      shouldFilter={false}
      loop
    >
      <Command.Input className="palette-input" placeholder={placeholders[page]} value={text} onValueChange={setText} />
      <Command.List className="palette-list">
        <Command.Empty className="palette-empty">Nothing has this name.</Command.Empty>
        {groups.map((group) => (
          <Command.Group key={group} heading={group} className="palette-group">
            {items
              .filter((item) => item.group === group)
              .map((item) => (
                <Item key={item.id} item={item} onChoose={() => choose(item)} />
              ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command.Dialog>
  );
}

interface ItemProps {
  readonly item: PaletteItem;
  readonly onChoose: () => void;
}

function Item({ item: { id, title, detail, keys }, onChoose }: ItemProps): ReactElement {
  return (
    <Command.Item value={id} onSelect={onChoose} className="palette-item">
      <span className="palette-title">{title}</span>
      {detail !== undefined && <span className="palette-detail">{detail}</span>}
      {keys !== undefined && <Kbd keys={keys} />}
    </Command.Item>
  );
}

/** The entries that fit, the best first; all in their own order while nothing is typed. */
function fitting(items: readonly PaletteItem[], text: string): readonly PaletteItem[] {
  if (text.trim() === '') return items;
  const scored = items.map((item) => ({ item, score: scoreOf(item, text) })).filter(({ score }) => score > 0);
  return scored.toSorted((a, b) => b.score - a.score).map(({ item }) => item);
}

/** What was made from the text itself fits it, whatever its words. */
function scoreOf({ id, group, title, detail = '' }: PaletteItem, text: string): number {
  return group === 'Head' || id === 'path' ? 1 : paletteScore(text, title, [group, detail]);
}

function useItems(workbench: Workbench, page: PalettePage, text: string): readonly PaletteItem[] {
  const shape = useHeadShape();
  const measures = useHeadMeasures();
  const { data: library } = useLibrary();
  const { data: tasks } = useTasks();
  const { data: runs } = useRuns();
  const heads = shape === null ? [] : headItems(workbench, shape, text);
  const models = [...pathItems(workbench, text), ...modelItems(workbench, library)];
  const prompts = promptItems(workbench, tasks);
  switch (page) {
    case 'heads':
      return heads;
    case 'models':
      return models;
    case 'prompts':
      return prompts;
    case 'all': {
      const specs = [...views.flatMap((view) => view.commands ?? []), ...commands];
      const all = [...placeItems(workbench, views), ...measureItems(workbench, measures)];
      return [...heads, ...all, ...commandItems(workbench, specs), ...prompts, ...models, ...runItems(workbench, runs)];
    }
  }
}

function headItems({ selection }: Workbench, shape: HeadShape, text: string): readonly PaletteItem[] {
  const head = parseHead(text);
  if (head === null || !hasHead(shape, head.layer, head.head)) return [];
  const name = headName(head);
  return [
    { id: `head ${name}`, group: 'Head', title: name, run: () => selection.setPrimary(head) },
    { id: `toggle ${name}`, group: 'Head', title: `${name} into the set, or out`, run: () => selection.toggle(head) },
  ];
}

/** Opening by a path that is typed, or by a dialog where there is one. */
function pathItems({ dialogs }: Workbench, text: string): readonly PaletteItem[] {
  const bridge = desktopBridge();
  const open = (path: string) => dialogs.show({ kind: 'openModel', path });
  const typed = /[\\/]/.test(text)
    ? [{ id: 'path', group: 'Models', title: 'Open this path', detail: text, run: () => open(text.trim()) }]
    : [];
  if (bridge === null) return typed;
  const choose = async () => {
    const path = await bridge.chooseModel();
    if (path !== null) open(path);
  };
  return [...typed, { id: 'choose', group: 'Models', title: 'Choose a model file', run: choose }];
}
