/**
 * All that a window gets from the desktop: the port to the engine, three dialogs, and the path of a file dropped on it.
 * Common JS, because a sandboxed preload is no module; it may load nothing but `electron`.
 */
const { contextBridge, ipcRenderer, webUtils } = require('electron') as typeof Electron.CrossProcessExports;

// A port can't cross the bridge: it goes to the page as a message to its own origin.
ipcRenderer.on('engine:port', (event) => {
  window.postMessage({ kind: 'headscope:port' }, window.location.origin, [...event.ports]);
});

const bridge = {
  /** Asks for a port; it comes as a message `{kind: 'headscope:port'}` on the window. */
  requestPort: (): void => ipcRenderer.send('engine:port'),
  /** Path of a model file that the user chose, or null. */
  chooseModel: (): Promise<string | null> => ipcRenderer.invoke('dialog:model'),
  /** Path of a folder that the user chose, or null. */
  chooseFolder: (): Promise<string | null> => ipcRenderer.invoke('dialog:folder'),
  /** Asks where to save, writes, and gives the path; null where the user changed their mind. */
  saveFile: (name: string, bytes: Uint8Array): Promise<string | null> => ipcRenderer.invoke('dialog:save', name, bytes),
  /** Where a file dropped on the window lies; empty for one that lies nowhere. */
  pathOfFile: (file: File): string => webUtils.getPathForFile(file),
};

contextBridge.exposeInMainWorld('headscope', bridge);
