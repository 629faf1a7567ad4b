/** Signs of life between two sides of which one may die without the carrier noticing. Imports terms only. */
import type { Beat, Ending, Port } from './protocol.ts';
import { beat } from './protocol.ts';

export interface Heartbeat {
  /** Milliseconds of silence after which the other side is asked. */
  readonly interval: number;
  /** Milliseconds of silence, in whole intervals, after which it is taken for dead. */
  readonly limit: number;
}

/** For carriers between processes. A compute process that runs one long program answers late, not never. */
export const usualHeartbeat: Heartbeat = { interval: 5_000, limit: 60_000 };

/**
 * The port, with its pings answered and kept from the listener. With a heartbeat a silent other side closes the port,
 * which then ends as `lost`. A side without one still answers: a page in the background may answer, but its timers hardly run.
 */
export function withHeartbeat<Out>(port: Port<Out | Beat, unknown>, heartbeat: Heartbeat | null): Port<Out, unknown> {
  return {
    send: (message) => port.send(message),
    close: () => port.close(),
    ...(port.congested === undefined ? {} : { congested: port.congested }),
    listen: (listener, ended) => {
      const watch = heartbeat === null ? null : new Watch(port, heartbeat);
      port.listen(
        (message) => {
          watch?.heard();
          const parsed = beat.safeParse(message);
          if (!parsed.success) listener(message);
          else if (parsed.data.kind === 'ping') port.send({ kind: 'pong' });
        },
        (ending) => {
          watch?.stop();
          ended(watch?.ending ?? ending);
        },
      );
    },
  };
}

// Silence is counted in ticks and not by the clock: after a machine's sleep or a long block of this process's own, what
// has come meanwhile is read between two ticks, before anything is concluded.
class Watch {
  readonly #port: Port<Beat, unknown>;
  readonly #most: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #silentTicks = 0;
  ending: Ending | null = null;

  constructor(port: Port<Beat, unknown>, { interval, limit }: Heartbeat) {
    this.#port = port;
    this.#most = Math.max(2, Math.ceil(limit / interval));
    this.#timer = globalThis.setInterval(() => this.#tick(), interval);
    letProcessEnd(this.#timer);
  }

  heard(): void {
    this.#silentTicks = 0;
  }

  stop(): void {
    globalThis.clearInterval(this.#timer);
  }

  #tick(): void {
    this.#silentTicks += 1;
    if (this.#silentTicks > this.#most) {
      this.ending = 'lost';
      this.#port.close();
    } else if (this.#silentTicks > 1) this.#port.send({ kind: 'ping' });
  }
}

/** A timer of Node keeps its process alive unless told not to; a browser's is a number. */
function letProcessEnd(timer: unknown): void {
  if (typeof timer !== 'object' || timer === null || !('unref' in timer)) return;
  if (typeof timer.unref === 'function') timer.unref();
}
