/** HTTP: GET and HEAD of the interface's files, under headers that let a page do nothing else. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { UiFile, UiFiles } from './uiFiles.ts';
import { readUiFile } from './uiFiles.ts';

/** Answers one request; `hosts` are the Host headers that are ours. */
export async function answerUi(
  files: UiFiles,
  hosts: ReadonlySet<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = request.headers.host?.toLowerCase() ?? '';
  const { method = '', url = '' } = request;
  if (!hosts.has(host)) return refuse(response, 403, 'This server does not go by that name.');
  if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405, 'GET and HEAD only.', { Allow: 'GET, HEAD' });
  const file = await readUiFile(files, url);
  if (file === null) return refuse(response, 404, 'There is no such file.');
  response.writeHead(200, { ...fixedHeaders, ...headersOf(file, host) });
  response.end(method === 'HEAD' ? undefined : file.bytes);
}

const fixedHeaders: OutgoingHttpHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

function headersOf({ bytes, type, hashed }: UiFile, host: string): OutgoingHttpHeaders {
  return {
    'Content-Type': type,
    'Content-Length': bytes.length,
    'Content-Security-Policy': contentPolicy(host),
    'Cache-Control': hashed ? 'private, max-age=31536000, immutable' : 'no-cache',
  };
}

/** No remote content, no inline script. Styles are set by the drawing libraries, so inline ones are allowed. */
function contentPolicy(host: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    "img-src 'self' data: blob:",
    // Not every browser takes 'self' to include the socket.
    `connect-src 'self' ws://${host} wss://${host}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function refuse(response: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders = {}): void {
  response.writeHead(status, {
    ...fixedHeaders,
    ...headers,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'",
    'Cache-Control': 'no-store',
  });
  response.end(`${text}\n`);
}
