/**
 * The members of `electron` that the desktop program uses, over a real Chromium and real child processes, for machines
 * that Electron's own binary can't be had on. What it can't show: context-isolated worlds, the limits of a sandboxed
 * preload, the custom scheme itself, menus on a screen, permission prompts.
 */
import { EventEmitter } from 'node:events';
import type { StandInPort } from './port.ts';
import type { UiHandler } from './page.ts';
import { serveProtocol, StandInPage } from './page.ts';

export { MessageChannelMain } from './port.ts';
export { utilityProcess } from './utilityProcess.ts';

type Handler = (event: IpcEvent, ...given: unknown[]) => unknown;

interface IpcEvent {
  readonly sender: WebContents;
  readonly senderFrame: { readonly url: string };
}

/** What tests look at and steer. */
export const standIn = {
  windows: [] as BrowserWindow[],
  menu: null as readonly unknown[] | null,
  /** Answers of the next dialogs, in order: a path, or null for a dialog that is closed. */
  answers: [] as (string | null)[],
  errors: [] as string[],
  permissions: null as ((contents: WebContents, permission: string, decide: (allowed: boolean) => void) => void) | null,
  handler: null as UiHandler | null,
  quits: 0,
  async close(): Promise<void> {
    app.emit('will-quit');
    for (const window of standIn.windows) await window.close();
  },
};

class App extends EventEmitter {
  readonly isPackaged = false;
  readonly name = 'Headscope';
  requestSingleInstanceLock(): boolean {
    return true;
  }
  whenReady(): Promise<void> {
    return Promise.resolve();
  }
  isReady(): boolean {
    return true;
  }
  quit(): void {
    standIn.quits++;
  }
  exit(): void {
    standIn.quits++;
  }
}
export const app = new App();

class WebContents extends EventEmitter {
  page: StandInPage | null = null;
  openHandler: ((details: { readonly url: string }) => { readonly action: string }) | null = null;
  getURL(): string {
    return 'headscope://ui/index.html';
  }
  setWindowOpenHandler(handler: (details: { readonly url: string }) => { readonly action: string }): void {
    this.openHandler = handler;
  }
  /** A page may ask before it has loaded: what it is told waits for that. */
  postMessage(channel: string, _message: unknown, ports: readonly StandInPort[] = []): void {
    if (this.page !== null) this.page.deliver(channel, ports);
    else this.once('stand-in-page', () => this.page?.deliver(channel, ports));
  }
}

interface WindowOptions {
  readonly webPreferences?: { readonly preload?: string };
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  readonly options: WindowOptions;
  readonly loaded: Promise<void>;
  #loaded: () => void = () => undefined;
  #server: { readonly origin: string; close(): void } | null = null;

  constructor(options: WindowOptions) {
    super();
    this.options = options;
    this.loaded = new Promise((resolve) => (this.#loaded = resolve));
    standIn.windows.push(this);
  }

  static getAllWindows(): BrowserWindow[] {
    return standIn.windows;
  }
  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return standIn.windows.find((window) => window.webContents === contents) ?? null;
  }

  async loadURL(url: string): Promise<void> {
    const { handler } = standIn;
    if (handler === null) throw new Error('loadURL: the scheme has no handler');
    this.#server = await serveProtocol(handler);
    const { pathname } = new URL(url.replace('headscope:', 'http:'));
    const event: IpcEvent = { sender: this.webContents, senderFrame: { url } };
    this.webContents.page = await StandInPage.open(
      this.#server.origin,
      pathname,
      this.options.webPreferences?.preload ?? '',
      {
        invoke: async (channel, given) => handlers.get(channel)?.(event, ...given),
        send: (channel, given) => void ipcMain.emit(channel, event, ...given),
      },
    );
    this.webContents.emit('stand-in-page');
    this.emit('ready-to-show');
    this.#loaded();
  }

  show(): void {
    this.emit('show');
  }
  isMinimized(): boolean {
    return false;
  }
  restore(): void {
    this.emit('restore');
  }
  focus(): void {
    this.emit('focus');
  }
  async close(): Promise<void> {
    await this.webContents.page?.close();
    this.#server?.close();
  }
}

const handlers = new Map<string, Handler>();

class IpcMain extends EventEmitter {
  handle(channel: string, handler: Handler): void {
    handlers.set(channel, handler);
  }
}
export const ipcMain = new IpcMain();

export const Menu = {
  buildFromTemplate: (template: readonly unknown[]) => template,
  setApplicationMenu: (menu: readonly unknown[] | null) => {
    standIn.menu = menu;
  },
};

export const dialog = {
  async showOpenDialog() {
    const answer = standIn.answers.shift() ?? null;
    return { canceled: answer === null, filePaths: answer === null ? [] : [answer] };
  },
  async showSaveDialog() {
    const answer = standIn.answers.shift() ?? null;
    return { canceled: answer === null, filePath: answer ?? '' };
  },
  showErrorBox(title: string, text: string) {
    standIn.errors.push(`${title}: ${text}`);
  },
};

export const protocol = {
  registerSchemesAsPrivileged: () => undefined,
  handle: (_scheme: string, handler: UiHandler) => {
    standIn.handler = handler;
  },
};

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: NonNullable<typeof standIn.permissions>) => {
      standIn.permissions = handler;
    },
    setPermissionCheckHandler: () => undefined,
  },
};
