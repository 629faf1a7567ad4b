/** The desktop program: one instance, one window, two engine processes. */
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, dialog, ipcMain } from 'electron';
import { answerDialogs } from './dialogs.ts';
import { EngineProcesses } from './engineProcesses.ts';
import { setMenu } from './menu.ts';
import { registerUiScheme, serveUi } from './uiProtocol.ts';
import { createWindow, denyPermissions } from './window.ts';

const uiFolder = fileURLToPath(new URL('../../renderer', import.meta.url));

if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  registerUiScheme();
  app.on('second-instance', showWindow);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  void app.whenReady().then(open);
}

function open(): void {
  serveUi(uiFolder);
  denyPermissions();
  answerDialogs();
  setMenu();
  const processes = new EngineProcesses(process.argv.slice(app.isPackaged ? 1 : 2), (code) => {
    dialog.showErrorBox('Headscope', `The engine ended at once (code ${code}). Its log is in the project folder.`);
    app.exit(1);
  });
  ipcMain.on('engine:port', (event) => processes.connect(event.sender));
  app.on('activate', showWindow);
  app.on('will-quit', () => processes.stop());
  createWindow();
}

function showWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (window === undefined) {
    if (app.isReady()) createWindow();
    return;
  }
  if (window.isMinimized()) window.restore();
  window.focus();
}
