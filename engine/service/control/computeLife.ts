/** One compute process from its start to its end: a client of it, what it says it holds, and why it ended. */
import type { CallName, Client, ComputeCall, EventOf } from '../../results/index.ts';
import { connect, Defect } from '../../results/index.ts';
import type { Heartbeat } from '../../results/heartbeat.ts';
import { withHeartbeat } from '../../results/heartbeat.ts';
import type { Beat, ClientMessage } from '../../results/protocol.ts';
import { endingPort } from '../compute/endingPort.ts';
import { explained, wrapCalls } from '../wrapCalls.ts';
import type { ComputeChild } from './computeChild.ts';

export type ComputeClient = Pick<Client, ComputeCall>;
export type Status = EventOf<'status'>;

/** Milliseconds that a process has to end by itself once its port is closed: it ends its program and writes its last rows, on a busy machine too. */
const PATIENCE = 5000;

export class ComputeLife {
  readonly client: ComputeClient;
  readonly began = performance.now();
  /** Resolves, when it has ended, to why: `ended: signal SIGKILL`, `no answer for 60 s`. */
  readonly over: Promise<string>;
  readonly #child: ComputeChild;
  readonly #watching = new AbortController();
  #isOver = false;

  /** `onStatus` is told at once, and at each change. */
  constructor(child: ComputeChild, heartbeat: Heartbeat, onStatus: (status: Status) => void) {
    this.#child = child;
    let end: (reason: string) => void = () => undefined;
    this.over = new Promise((resolve) => (end = resolve));
    const beating = withHeartbeat<ClientMessage | Beat>(child.port, heartbeat);
    const port = endingPort(beating, (ending) => {
      this.#isOver = true;
      if (ending === 'lost') child.kill();
      const silent = `no answer for ${heartbeat.limit / 1000} s`;
      void this.#exit().then((how) => end(ending === 'lost' ? silent : `ended: ${how}`));
    });
    const direct = connect(port);
    this.client = wrapCalls(direct, (call, method) => (request, options) => {
      return explained(method(request, options), (error) => this.#explain(call, error));
    });
    void this.#watch(direct, onStatus);
    // A process that could not be started has a port that never closes.
    void child.exited.then(() => port.close());
  }

  /** Asks it to end, and ends it where it does not. */
  async close(): Promise<void> {
    this.#watching.abort();
    this.#child.port.close();
    await this.#exit();
  }

  async #exit(): Promise<string> {
    const limit = setTimeout(() => this.#child.kill(), PATIENCE);
    const how = await this.#child.exited;
    clearTimeout(limit);
    return how;
  }

  async #watch(client: ComputeClient, onStatus: (status: Status) => void): Promise<void> {
    try {
      for await (const status of client.status({}, { signal: this.#watching.signal })) onStatus(status);
    } catch {
      // It has ended, which `over` tells.
    }
  }

  async #explain(call: CallName, error: unknown): Promise<unknown> {
    if (!(error instanceof Defect) || !this.#isOver) return error;
    const reason = await this.over;
    return new Defect(`${call}: the compute process was replaced (${reason}): try again`);
  }
}
