/** The application menu: what every program has; all else is in the window, where it has a key and a name. */
import { app, Menu } from 'electron';

export function setMenu(): void {
  const isMac = process.platform === 'darwin';
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ label: app.name, role: 'appMenu' as const }] : []),
      { label: 'File', submenu: [{ role: isMac ? 'close' : 'quit' }] },
      {
        label: 'Edit',
        // Undo and redo are the workbench's own (Ctrl+Z, Ctrl+Y): a menu accelerator would take the keys from it.
        submenu: [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }],
      },
      {
        label: 'View',
        submenu: [
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { type: 'separator' },
          { role: 'togglefullscreen' },
          { role: 'toggleDevTools' },
        ],
      },
      { role: 'windowMenu' },
    ]),
  );
}
