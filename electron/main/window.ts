/** The one window, with all of its security settings. */
import { fileURLToPath } from 'node:url';
import { BrowserWindow, session } from 'electron';
import { uiAddress, uiOrigin } from './uiProtocol.ts';

const preload = fileURLToPath(new URL('../preload/preload.cjs', import.meta.url));

/** Shown once it has something to show. */
export function createWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Headscope',
    // The dark theme's paper: no white flash before the first paint.
    backgroundColor: '#131416',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  confine(window);
  window.once('ready-to-show', () => window.show());
  void window.loadURL(uiAddress);
  return window;
}

/** It stays on its own page, opens no other, and is given nothing that a page may ask for. */
function confine({ webContents }: BrowserWindow): void {
  webContents.on('will-navigate', (event) => event.preventDefault());
  webContents.on('will-redirect', (event) => event.preventDefault());
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Only our own page may copy to the clipboard; every other permission is denied. */
export function denyPermissions(): void {
  const isAllowed = (permission: string, origin: string) =>
    permission === 'clipboard-sanitized-write' && origin.startsWith(uiOrigin);
  session.defaultSession.setPermissionRequestHandler((contents, permission, decide) =>
    decide(isAllowed(permission, contents.getURL())),
  );
  session.defaultSession.setPermissionCheckHandler((_contents, permission, origin) => isAllowed(permission, origin));
}
