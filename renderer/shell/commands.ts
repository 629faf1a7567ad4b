/** What the window itself can be told in the palette. Views add their own. */
import { attempt } from '../api/attempt.ts';
import { saveFile } from '../api/saveFile.ts';
import type { Workbench } from '../api/workbench.ts';
import { copyText } from '../parts/copyText.ts';
import type { CommandSpec } from '../state/commands.ts';
import { currentView, viewText, viewToHash } from '../state/viewState.ts';
import type { ThemeChoice } from '../state/workspace.ts';
import { MOST_PANES, placeOf } from '../state/workspace.ts';
import { openViewFile } from './openViewFile.ts';
import { tours } from './tours.ts';

type Command = CommandSpec<Workbench>;

const paneCommands: readonly Command[] = [
  {
    id: 'pane.split',
    title: 'Split the pane',
    isAvailable: ({ workspace }) => workspace.store.getState().panes.length < MOST_PANES,
    run: ({ workspace }) => workspace.split(placeOf(workspace.store.getState())),
  },
  {
    id: 'pane.close',
    title: 'Close the pane',
    isAvailable: ({ workspace }) => workspace.store.getState().panes.length > 1,
    run: ({ workspace }) => workspace.closePane(workspace.store.getState().focused),
  },
  {
    id: 'pane.full',
    title: 'Full pane',
    shortcut: 'fullPane',
    run: ({ workspace }) => workspace.toggleFull(),
  },
  {
    id: 'pane.heads',
    title: 'Panes: heads above attention and ablation',
    run: ({ workspace }) => workspace.setPanes(['heads', 'attention', 'ablate']),
  },
  {
    id: 'inspector',
    title: 'Inspector: show or hide',
    run: ({ workspace }) => workspace.set({ inspector: !workspace.store.getState().inspector }),
  },
];

const selectionCommands: readonly Command[] = [
  { id: 'undo', title: 'Undo', shortcut: 'undo', run: ({ undo }) => undo.undo() },
  { id: 'redo', title: 'Redo', shortcut: 'redo', run: ({ undo }) => undo.redo() },
  { id: 'set.clear', title: 'Clear the set of heads', run: ({ selection }) => selection.clear() },
  {
    id: 'set.save',
    title: 'Save the set of heads',
    shortcut: 'saveSet',
    isAvailable: ({ selection }) => selection.store.getState().set.length > 0,
    run: ({ dialogs }) => dialogs.show({ kind: 'saveSet' }),
  },
  { id: 'pin', title: 'Pin or unpin the head', shortcut: 'pin', run: ({ selection }) => selection.togglePin() },
];

const viewCommands: readonly Command[] = [
  { id: 'view.copy', title: 'Copy a link to this view', run: copyLink },
  { id: 'view.save', title: 'Save this view as a file', run: saveView },
  { id: 'view.open', title: 'Open a view file', run: openView },
];

function themeCommand(theme: ThemeChoice, title: string): Command {
  return { id: `theme.${theme}`, title, run: ({ workspace }) => workspace.set({ theme }) };
}

export const commands: readonly Command[] = [
  ...selectionCommands,
  ...paneCommands,
  ...viewCommands,
  ...tours.map(({ id, title }) => ({
    id: `tour.${id}`,
    title: `Tour: ${title}`,
    run: ({ tour }: Workbench) => tour.begin(id),
  })),
  themeCommand('light', 'Theme: light'),
  themeCommand('dark', 'Theme: dark'),
  themeCommand('system', 'Theme: as the system'),
  {
    id: 'shortcuts',
    title: 'Shortcuts',
    shortcut: 'shortcuts',
    run: ({ dialogs }) => dialogs.show({ kind: 'shortcuts' }),
  },
  { id: 'diagnostics', title: 'Copy diagnostics', run: copyDiagnostics },
];

async function copyLink({ workspace, selection }: Workbench): Promise<void> {
  // From the parts that say where: what the address was opened with besides is nobody else's business.
  const { origin, pathname } = location;
  await copyText(`${origin}${pathname}#${viewToHash(currentView(workspace, selection))}`);
}

async function saveView({ workspace, selection }: Workbench): Promise<void> {
  const data = viewText(currentView(workspace, selection));
  await saveFile({ name: 'headscope.view.json', mediaType: 'application/json', data });
}

function openView(workbench: Workbench): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.json';
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file !== undefined) attempt(workbench, () => openViewFile(workbench, file));
  });
  input.click();
}

async function copyDiagnostics({ client }: Workbench): Promise<void> {
  const { text } = await client.diagnostics({});
  await copyText(text);
}
