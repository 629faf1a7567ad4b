/** `headscope://ui/`: the files of the interface, and nothing else, under a strict content policy. */
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { protocol } from 'electron';

const SCHEME = 'headscope';
export const uiAddress = `${SCHEME}://ui/index.html`;
export const uiOrigin = `${SCHEME}://ui`;

/** No remote content, no inline script. Styles are set by the drawing libraries, so inline ones are allowed. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.png': 'image/png',
};

/** Before the app is ready. */
export function registerUiScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true } }]);
}

/** Once the app is ready. */
export function serveUi(folder: string): void {
  protocol.handle(SCHEME, async ({ url, method }) => {
    const { host, pathname } = new URL(url);
    if (host !== 'ui' || method !== 'GET') return answer(403, 'refused');
    const file = await fileOf(folder, pathname);
    const type = file === null ? undefined : mediaTypes[extname(file)];
    if (file === null || type === undefined) return answer(404, 'there is no such file');
    return new Response(new Uint8Array(await readFile(file)), { headers: headers(type) });
  });
}

/** The real file behind a path, or null where it is none or lies outside the folder. */
async function fileOf(folder: string, pathname: string): Promise<string | null> {
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, decodeURIComponent(pathname)));
    return file.startsWith(root + sep) ? file : null;
  } catch {
    return null;
  }
}

function answer(status: number, text: string): Response {
  return new Response(text, { status, headers: headers('text/plain; charset=utf-8') });
}

function headers(type: string): Record<string, string> {
  return {
    'Content-Type': type,
    'Content-Security-Policy': contentPolicy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-cache',
  };
}
