/**
 * The service from a page that `headscope serve` gave out. The address holds the token in its fragment; it is taken out of
 * there, so that it is neither seen nor bookmarked, and kept in sessionStorage, so that a reload works: that lasts as long
 * as the tab, and no page of another origin can read it.
 */
import type { Beat, ClientMessage, ClientPort } from '../../engine/results/protocol.ts';
import { socketPort } from '../../engine/results/socketPort.ts';
import { Fault } from '../../engine/terms/fault.ts';

/** What is used of a window. */
export interface Page {
  readonly location: Pick<Location, 'protocol' | 'host' | 'pathname' | 'search' | 'hash'>;
  readonly history: Pick<History, 'replaceState'>;
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly WebSocket: new (
    address: string,
  ) => Pick<WebSocket, 'binaryType' | 'bufferedAmount' | 'send' | 'close' | 'addEventListener'>;
}

const storageKey = 'headscope.token';
/** Close code of a server that knows another token. */
const unauthorized = 4401;
const printedAddress = 'the address that `headscope serve` printed';

/**
 * An open port that the server has let in. Throws Fault without a token or with a wrong one, which is then forgotten, and
 * Error where the server can't be reached. Whether to try again is the caller's to say.
 */
export async function openSocketPort(page: Page = window): Promise<ClientPort> {
  const token = takeToken(page);
  if (token === null) throw new Fault({ what: 'no token in the address', expected: printedAddress });
  const { protocol, host } = page.location;
  const socket = new page.WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/service`);
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => socket.send(token));
    socket.addEventListener('message', () => resolve(socketPort<ClientMessage | Beat>(socket)), { once: true });
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('close', ({ code }) => {
      if (code !== unauthorized) return reject(new Error(`no connection to ${host}`));
      page.sessionStorage.removeItem(storageKey);
      reject(new Fault({ what: 'wrong token', expected: printedAddress }));
    });
  });
}

/** From the address, which loses it, or from an earlier load of this tab. */
function takeToken({ location, history, sessionStorage }: Page): string | null {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const token = fragment.get('token');
  if (token === null) return sessionStorage.getItem(storageKey);
  fragment.delete('token');
  const rest = fragment.size === 0 ? '' : `#${fragment.toString()}`;
  history.replaceState(null, '', `${location.pathname}${location.search}${rest}`);
  sessionStorage.setItem(storageKey, token);
  return token;
}
