/** The workbench behind a web server, for whoever has the token. */
import { once } from 'node:events';
import { usualHeartbeat } from '../../results/heartbeat.ts';
import { serve } from '../../results/index.ts';
import { forkCompute } from '../control/forkCompute.ts';
import type { Workbench } from '../control/workbench.ts';
import { createWorkbench } from '../control/workbench.ts';
import { systemReason } from '../output.ts';
import { uiFolder } from '../packagePlaces.ts';
import { makeToken } from '../transports/makeToken.ts';
import type { WebServer } from '../transports/webServer.ts';
import { startWebServer } from '../transports/webServer.ts';
import type { Context } from './command.ts';
import type { OpenedPage } from './openPage.ts';
import { openPage } from './openPage.ts';

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  /** Folder of the project. */
  readonly project: string;
  /** In the user's browser, at once. */
  readonly opens: boolean;
}

/** Until the signal aborts. Throws Fault where the address or the project can't be had. */
export async function serveWorkbench(options: ServeOptions, context: Context): Promise<void> {
  const workbench = await createWorkbench({ project: options.project, spawn: forkCompute });
  try {
    await serveUntilAborted(workbench, options, context);
  } finally {
    await workbench.dispose();
  }
}

async function serveUntilAborted(
  workbench: Workbench,
  { host, port, opens }: ServeOptions,
  { stdout, stderr, signal }: Context,
): Promise<void> {
  const isLocal = loopback.has(host);
  const service = workbench.restricted({ mayAddFolders: isLocal });
  let page: OpenedPage | null = null;
  const server = await startWebServer({
    ...{ host, port, uiFolder, token: makeToken() },
    onConnection: (client) => {
      serve(service, client, { heartbeat: usualHeartbeat });
      void page?.remove();
    },
    log: (line) => workbench.log(line),
  });
  try {
    await stdout.write(`${server.url}\n`);
    if (!isLocal) await stderr.write(openToOthers);
    if (opens) page = await opened(server, stderr);
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    await page?.remove();
    await server.close();
  }
}

const openToOthers =
  'warning: other machines can reach this address, and what passes is not encrypted: the token can be read on the way\n';

/** Where no browser can be opened the address is there to be used. */
async function opened({ url }: WebServer, stderr: Context['stderr']): Promise<OpenedPage | null> {
  return openPage(url).catch(async (error: unknown) => {
    await stderr.write(`warning: no browser could be opened: ${systemReason(error)}\n`);
    return null;
  });
}
