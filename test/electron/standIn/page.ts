/** A page of a real Chromium in place of a window's, with the preload run beside it. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runInNewContext } from 'node:vm';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../browser/chromium.ts';
import type { PortEvent, StandInPort } from './port.ts';
import { fromText, pageCodec, toText } from './pageCodec.ts';

export type UiHandler = (request: { readonly url: string; readonly method: string }) => Promise<Response>;

/** What a preload may reach of the main process. */
export interface MainSide {
  invoke(channel: string, given: readonly unknown[]): Promise<unknown>;
  send(channel: string, given: readonly unknown[]): void;
}

type PreloadListener = (event: { readonly ports: readonly StandInPort[] }) => void;

/** Serves what the custom protocol answers on loopback: Chromium knows no scheme of ours. */
export async function serveProtocol(handler: UiHandler): Promise<{ readonly origin: string; close(): void }> {
  const server = createServer((request, response) => {
    void handler({ url: `headscope://ui${request.url ?? '/'}`, method: request.method ?? 'GET' }).then(
      async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(Buffer.from(await answer.arrayBuffer()));
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => void server.close() };
}

export class StandInPage {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #origin: string;
  readonly #listeners = new Map<string, PreloadListener[]>();
  readonly #ports = new Map<number, StandInPort>();
  #last = 0;

  private constructor(browser: Browser, page: Page, origin: string) {
    this.#browser = browser;
    this.page = page;
    this.#origin = origin;
  }

  static async open(origin: string, path: string, preload: string, main: MainSide): Promise<StandInPage> {
    const browser = await launchChromium();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const opened = new StandInPage(browser, await context.newPage(), origin);
    await opened.#load(await readFile(preload, 'utf8'), main);
    await opened.page.goto(`${origin}${path}`);
    return opened;
  }

  /** A message of main to the preload. */
  deliver(channel: string, ports: readonly StandInPort[]): void {
    for (const listener of this.#listeners.get(channel) ?? []) listener({ ports });
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Runs the preload with all that a sandboxed one has, and gives the page what it exposes. */
  async #load(source: string, main: MainSide): Promise<void> {
    const exposed = new Map<string, Readonly<Record<string, (...given: unknown[]) => unknown>>>();
    const electron = {
      contextBridge: {
        exposeInMainWorld: (name: string, api: Readonly<Record<string, () => unknown>>) => exposed.set(name, api),
      },
      ipcRenderer: {
        on: (channel: string, listener: PreloadListener) =>
          this.#listeners.set(channel, [...(this.#listeners.get(channel) ?? []), listener]),
        send: (channel: string, ...given: unknown[]) => main.send(channel, given),
        invoke: (channel: string, ...given: unknown[]) => main.invoke(channel, given),
      },
      webUtils: { getPathForFile: () => '' },
    };
    const window = {
      location: { origin: this.#origin },
      postMessage: (data: unknown, _origin: string, ports: readonly StandInPort[]) => void this.#post(data, ports),
    };
    const load = (name: string) => {
      if (name !== 'electron') throw new Error(`a sandboxed preload can't load ${name}`);
      return electron;
    };
    runInNewContext(source, { require: load, exports: {}, window });
    await this.page.exposeFunction('standInPortSays', (id: number, text: string) =>
      this.#ports.get(id)?.postMessage(fromText(text)),
    );
    await this.page.addInitScript(pageCodec);
    for (const [name, api] of exposed) await this.#expose(name, api);
  }

  async #expose(name: string, api: Readonly<Record<string, (...given: unknown[]) => unknown>>): Promise<void> {
    const methods = Object.keys(api);
    await this.page.exposeFunction('standInBridge', async (method: string, text: string) => {
      const given = fromText(text) as readonly unknown[];
      return toText(await api[method]?.(...given));
    });
    await this.page.addInitScript(
      ([bridge, names]) => {
        const scope = globalThis as unknown as Record<string, (...given: unknown[]) => unknown>;
        const methodsOf = names.map((method) => [
          method,
          async (...given: unknown[]) =>
            scope['standInFromText']?.(await scope['standInBridge']?.(method, scope['standInToText']?.(given))),
        ]);
        Object.defineProperty(globalThis, bridge, { value: Object.freeze(Object.fromEntries(methodsOf)) });
      },
      [name, methods] as const,
    );
  }

  /** `window.postMessage` with ports: each gets a real MessagePort in the page, joined to ours by text. */
  async #post(data: unknown, ports: readonly StandInPort[]): Promise<void> {
    const ids = ports.map((port) => this.#join(port));
    await this.page.evaluate(
      ([text, list]) => {
        const scope = globalThis as unknown as { standInDeliver(text: string, ids: readonly number[]): void };
        scope.standInDeliver(text, list);
      },
      [toText(data), ids] as const,
    );
  }

  #join(port: StandInPort): number {
    const id = ++this.#last;
    this.#ports.set(id, port);
    const say = (method: string, text: string) =>
      void this.page
        .evaluate(
          ([name, which, what]) => {
            const scope = globalThis as unknown as Record<string, (id: number, text: string) => void>;
            scope[name]?.(which, what);
          },
          [method, id, text] as const,
        )
        // The page may be gone or reloading: its ports are gone with it.
        .catch(() => undefined);
    port.on('message', ({ data }: PortEvent) => say('standInPortHears', toText(data)));
    port.on('close', () => say('standInPortEnds', ''));
    port.start();
    return id;
  }
}
