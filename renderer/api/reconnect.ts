/** Waits for a port, and for another when it closes, longer each time. */
import type { ClientPort, Ending } from '../../engine/results/protocol.ts';

/** `waiting`: lost, and tried again after a pause. `refused`: the way it is asked for is wrong, which time does not mend. */
export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'waiting'; readonly reason: string; readonly tries: number }
  | { readonly kind: 'refused'; readonly reason: string };

export interface Pauses {
  readonly first: number;
  readonly longest: number;
}

/** Milliseconds: quick enough for an engine that starts anew, slow enough for a machine that is away. */
export const usualPauses: Pauses = { first: 300, longest: 5000 };

export function pauseAfter(tries: number, { first, longest }: Pauses): number {
  return Math.min(longest, first * 2 ** Math.max(0, tries - 1));
}

/** The port with a second listener for its end. */
export function withEnd(port: ClientPort, ended: (ending: Ending) => void): ClientPort {
  return {
    ...(port.congested === undefined ? {} : { congested: port.congested }),
    send: (message) => port.send(message),
    listen: (listener, whenEnded) =>
      port.listen(listener, (ending) => {
        whenEnded(ending);
        ended(ending);
      }),
    close: () => port.close(),
  };
}
