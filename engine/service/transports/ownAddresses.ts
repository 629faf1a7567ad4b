/**
 * Which names of this machine a request may call it by. A page elsewhere can point a name of its own at 127.0.0.1 (DNS
 * rebinding) and would then be of the same origin: so only the names below are answered, and only their own pages.
 */

const loopback = ['127.0.0.1', 'localhost', '[::1]'];
const everywhere = new Set(['0.0.0.0', '::']);

/** An address as it stands in a URL. */
export function inUrl(host: string): string {
  if (everywhere.has(host)) return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** What the Host header may be; `allowed` are further ones, as a browser would send them. */
export function ownHosts(host: string, port: number, allowed: readonly string[]): ReadonlySet<string> {
  const names = [...loopback, inUrl(host)];
  const withPort = names.map((name) => `${name}:${port}`);
  return new Set([...withPort, ...(port === 80 ? names : []), ...allowed].map((name) => name.toLowerCase()));
}

/** Is the Origin that of the page which this Host serves? A proxy may have put TLS in front. */
export function isOwnOrigin(origin: string | undefined, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}
