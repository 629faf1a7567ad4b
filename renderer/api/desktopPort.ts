/** The port that the desktop application gives to its window. */
import type { ChannelEnd } from '../../engine/results/messagePort.ts';
import { messagePort } from '../../engine/results/messagePort.ts';
import type { ClientPort } from '../../engine/results/protocol.ts';
import type { DesktopBridge } from './desktopBridge.ts';

/** Milliseconds to wait for the desktop's port: an engine that can't start is told of instead. */
const PATIENCE = 20_000;

export function openDesktopPort(bridge: DesktopBridge): Promise<ClientPort> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      window.removeEventListener('message', onMessage);
    };
    const onMessage = ({ source, origin, data, ports }: MessageEvent<unknown>) => {
      const port = ports[0];
      if (source !== window || origin !== window.location.origin || !isPortMessage(data) || port === undefined) return;
      stop();
      resolve(messagePort(channelOf(port)));
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error('the engine did not start'));
    }, PATIENCE);
    window.addEventListener('message', onMessage);
    bridge.requestPort();
  });
}

function isPortMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'headscope:port';
}

/** The browser's port, of which the types of the engine know nothing. */
function channelOf(port: MessagePort): ChannelEnd {
  return {
    postMessage: (message, transfer = []) => port.postMessage(message, [...transfer]),
    start: () => port.start(),
    close: () => port.close(),
    addEventListener: (name, listener) =>
      port.addEventListener(name, (event: Event) =>
        listener({ data: event instanceof MessageEvent ? (event.data as unknown) : null }),
      ),
  };
}
