/** A compute process as whoever started it holds it, however it was started. */
import type { ClientPort } from '../../results/protocol.ts';

export interface ComputeChild {
  readonly port: ClientPort;
  /** How it ended, once it has: `signal SIGKILL`, `code 1`. Never rejects. */
  readonly exited: Promise<string>;
  /** At once, whatever it is doing. */
  kill(): void;
}
