/** What a window inside the desktop application gets from its preload script; absent in a browser. */

export interface DesktopBridge {
  /** Asks for a port to the engine; it comes as a message `{kind: 'headscope:port'}` on the window. */
  readonly requestPort: () => void;
  /** Path of a model file that the user chose, or null. */
  readonly chooseModel: () => Promise<string | null>;
  /** Path of a folder that the user chose, or null. */
  readonly chooseFolder: () => Promise<string | null>;
  /** Asks where to save, writes, and gives the path; null where the user changed their mind. */
  readonly saveFile: (name: string, bytes: Uint8Array) => Promise<string | null>;
  /** Where a file dropped on the window lies; empty for one that lies nowhere. */
  readonly pathOfFile: (file: File) => string;
}

declare global {
  interface Window {
    readonly headscope?: DesktopBridge;
  }
}

export function desktopBridge(): DesktopBridge | null {
  return window.headscope ?? null;
}
