/** A page that `headscope serve` gave out, on the real server. */
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connect } from '../../engine/results/index.ts';
import { makeToken } from '../../engine/service/transports/makeToken.ts';
import type { Page } from '../../renderer/api/socketConnection.ts';
import { openSocketPort } from '../../renderer/api/socketConnection.ts';
import { start, token } from '../service/servedUi.ts';

/** As a browser has it that was given this address. */
function pageAt(url: string, kept = new Map<string, string>()) {
  const { protocol, host, pathname, search, hash, origin } = new URL(url);
  const shown: string[] = [];
  const page: Page = {
    location: { protocol, host, pathname, search, hash },
    history: { replaceState: (_state: unknown, _title: string, address) => void shown.push(String(address)) },
    sessionStorage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
    WebSocket: class {
      constructor(address: string) {
        return new WebSocket(address, { origin });
      }
    } as unknown as Page['WebSocket'],
  };
  return { page, kept, shown };
}

describe('a client', () => {
  it('is served beside another, each with its own calls', async () => {
    const { url, log } = await start();
    const ports = await Promise.all([pageAt(url), pageAt(url)].map(({ page }) => openSocketPort(page)));
    const answers = await Promise.all(ports.map((port) => connect(port).folders({ add: 'marco' })));
    expect(answers).toEqual([{ folders: ['polo'] }, { folders: ['polo'] }]);
    expect(log).toEqual(['a client has connected', 'a client has connected']);
    expect(log.join()).not.toContain(token);
  });

  it('takes the token out of the address and keeps it for a reload', async () => {
    const { url, host } = await start();
    const { page, kept, shown } = pageAt(`${url}&view=3`);
    await openSocketPort(page);
    expect(shown).toEqual(['/#view=3']);
    const again = await openSocketPort(pageAt(`http://${host}/#view=3`, kept).page);
    expect(await connect(again).folders({ add: 'marco' })).toEqual({ folders: ['polo'] });
  });

  it('is told that its token is wrong, and forgets it', async () => {
    const { host } = await start();
    const { page, kept } = pageAt(`http://${host}/#token=${makeToken()}`);
    await expect(openSocketPort(page)).rejects.toThrow(
      'wrong token: expected the address that `headscope serve` printed',
    );
    expect(kept.size).toBe(0);
    await expect(openSocketPort(pageAt(`http://${host}/`, kept).page)).rejects.toThrow('no token in the address');
  });

  it('is told when there is no server', async () => {
    const { url, close } = await start();
    await close();
    await expect(openSocketPort(pageAt(url).page)).rejects.toThrow('no connection to 127.0.0.1');
  });

  it('loses its calls when the server closes', async () => {
    const { url, close } = await start();
    const client = connect(await openSocketPort(pageAt(url).page));
    const call = client.tasks({}).catch((error: unknown) => String(error));
    await client.folders({});
    await close();
    expect(await call).toBe('Defect: tasks: the connection closed before the call ended');
  });
});
