/**
 * The channel between a process and its child as a carrier: `fork` with `serialization: 'advanced'`, which copies typed
 * arrays as they are. The same on both ends: of the ChildProcess, and of `process` in the child.
 */
import type { Ending, Port } from '../../results/protocol.ts';
import { Receiver } from '../../results/receiver.ts';

/** A ChildProcess, or `process` of a child. */
export interface ProcessEnd {
  readonly connected: boolean;
  send?(message: unknown, handle: undefined, options: undefined, sent: (error: Error | null) => void): boolean;
  on(name: 'message', listener: (message: unknown) => void): unknown;
  on(name: 'disconnect', listener: () => void): unknown;
  disconnect(): void;
}

/** Messages handed to the system and not yet written, above which the channel counts as congested. */
const manyMessages = 64;

/** Throws RangeError for a process that nobody forked. The other side's death ends the port. */
export function processPort<Out>(end: ProcessEnd): Port<Out, unknown> {
  const { send } = end;
  if (send === undefined) throw new RangeError('processPort: expected a forked process, got one without a channel');
  const receiver = new Receiver();
  let unsent = 0;
  // What was sent before `close` is still written.
  const disconnectWhenIdle = () => {
    if (receiver.ended && unsent === 0 && end.connected) end.disconnect();
  };
  end.on('message', (message) => receiver.deliver(message));
  end.on('disconnect', () => receiver.end());
  if (!end.connected) receiver.end();
  return {
    congested: () => !receiver.ended && unsent > manyMessages,
    send(message) {
      if (receiver.ended) return;
      // A failure to write means that the other side is gone: `disconnect` says the same.
      send.call(end, message, undefined, undefined, () => {
        unsent -= 1;
        disconnectWhenIdle();
      });
      unsent += 1;
    },
    listen(listener: (message: unknown) => void, ended: (ending: Ending) => void) {
      receiver.listen(listener, ended);
    },
    close() {
      receiver.end();
      disconnectWhenIdle();
    },
  };
}
