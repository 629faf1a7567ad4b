/** The few dialogs that a window may ask for. Only our own page is answered. */
import { basename } from 'node:path';
import type { IpcMainInvokeEvent } from 'electron';
import { BrowserWindow, dialog, ipcMain } from 'electron';
import { saveFile } from '../../engine/service/saveFile.ts';
import { uiOrigin } from './uiProtocol.ts';

/** Files that are saved through a dialog, at most. */
const MOST_BYTES = 2 ** 30;

export function answerDialogs(): void {
  handle('dialog:model', (window) =>
    chosen(window, {
      title: 'Open a model',
      buttonLabel: 'Open',
      properties: ['openFile'],
      filters: [
        { name: 'Models', extensions: ['gguf', 'safetensors', 'json'] },
        { name: 'All files', extensions: ['*'] },
      ],
    }),
  );
  handle('dialog:folder', (window) => chosen(window, { title: 'Choose a folder', properties: ['openDirectory'] }));
  handle('dialog:save', (window, name, bytes) => save(window, name, bytes));
}

function handle(
  channel: string,
  answer: (window: BrowserWindow, ...given: readonly unknown[]) => Promise<string | null>,
): void {
  ipcMain.handle(channel, (event: IpcMainInvokeEvent, ...given: unknown[]) => {
    const window = BrowserWindow.fromWebContents(event.sender);
    const isOurs = event.senderFrame?.url.startsWith(`${uiOrigin}/`) === true;
    if (window === null || !isOurs) throw new Error(`${channel}: not asked by the workbench`);
    return answer(window, ...given);
  });
}

async function chosen(window: BrowserWindow, options: Electron.OpenDialogOptions): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, options);
  return canceled ? null : (filePaths[0] ?? null);
}

async function save(window: BrowserWindow, name: unknown, bytes: unknown): Promise<string | null> {
  if (typeof name !== 'string' || !(bytes instanceof Uint8Array) || bytes.byteLength > MOST_BYTES) {
    throw new TypeError('dialog:save: expected a name and at most 1 GiB of bytes');
  }
  const { canceled, filePath } = await dialog.showSaveDialog(window, { defaultPath: basename(name) });
  if (canceled || filePath === '') return null;
  await saveFile(filePath, bytes);
  return filePath;
}
