/** A web server over a small interface, for the tests on both of its sides. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { serve } from '../../engine/results/index.ts';
import { makeToken } from '../../engine/service/transports/makeToken.ts';
import type { WebServer, WebServerOptions } from '../../engine/service/transports/webServer.ts';
import { startWebServer } from '../../engine/service/transports/webServer.ts';
import { carrierService } from '../results/carrierService.ts';

export const root = mkdtempSync(join(tmpdir(), 'headscope-web-'));
const uiFolder = join(root, 'ui');
mkdirSync(join(uiFolder, 'assets'), { recursive: true });
writeFileSync(join(root, 'secret.txt'), 'secret');
writeFileSync(join(uiFolder, 'index.html'), '<!doctype html><title>Headscope</title>');
writeFileSync(join(uiFolder, 'assets', 'main-1a2b.js'), 'export {};');
writeFileSync(join(uiFolder, 'assets', 'two words.css'), '');
writeFileSync(join(uiFolder, '.env'), 'secret');
symlinkSync(join(root, 'secret.txt'), join(uiFolder, 'link.txt'));
symlinkSync(root, join(uiFolder, 'up'));

export const token = makeToken();
const servers: WebServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Closed after the test. */
export async function start(options: Partial<WebServerOptions> = {}) {
  const log: string[] = [];
  const onConnection: WebServerOptions['onConnection'] = (port) => void serve(carrierService(), port);
  const server = await startWebServer({ uiFolder, token, onConnection, log: (line) => log.push(line), ...options });
  servers.push(server);
  const { port } = new URL(server.url);
  return { ...server, port: Number(port), host: `127.0.0.1:${port}`, log };
}
