/** A page of another origin that tries to reach the workbench, by every way that a page has. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HostilePage {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** What its script found: an answer, or why there was none. It stands in the page's title as JSON. */
export interface Loot {
  readonly fetched: string;
  readonly framed: string;
  readonly scripted: string;
  /** By token: none, one that was guessed, the real one. */
  readonly sockets: readonly string[];
}

export async function serveHostilePage(target: string, tokens: readonly string[]): Promise<HostilePage> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(pageOf(target, tokens));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function pageOf(target: string, tokens: readonly string[]): string {
  return `<!doctype html><title></title><body><script type="module">
const target = ${JSON.stringify(target)};
const fetched = await fetch(target).then((answer) => answer.text()).catch(String);
const scripted = await fetch(target, { mode: 'no-cors' }).then((answer) => answer.text().then((text) => answer.type + text)).catch(String);
const framed = await new Promise((resolve) => {
  const frame = document.createElement('iframe');
  frame.onload = () => {
    try { resolve(frame.contentDocument?.title ?? 'closed'); } catch (error) { resolve(String(error)); }
  };
  frame.src = target;
  document.body.append(frame);
});
const knock = (token) => new Promise((resolve) => {
  const socket = new WebSocket(target.replace('http', 'ws') + '/service');
  let opened = false;
  socket.onopen = () => { opened = true; if (token !== '') socket.send(token); };
  socket.onmessage = ({ data }) => resolve('answered ' + data);
  socket.onclose = ({ code }) => resolve((opened ? 'opened, closed ' : 'closed ') + code);
});
const sockets = [];
for (const token of ${JSON.stringify(tokens)}) sockets.push(await knock(token));
document.title = JSON.stringify({ fetched, scripted, framed, sockets });
</script>`;
}
