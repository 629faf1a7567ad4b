/** Electron's MessagePortMain as a carrier. It transfers nothing but ports, so typed arrays are copied. */
import type { MessagePortMain } from 'electron';
import { messagePort } from '../../engine/results/messagePort.ts';
import type { Port } from '../../engine/results/protocol.ts';

export function mainPort<Out>(port: MessagePortMain): Port<Out, unknown> {
  return messagePort<Out>({
    postMessage: (message) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
    on: (name, listener) =>
      name === 'message' ? port.on('message', listener) : port.on('close', () => listener({ data: null })),
  });
}
