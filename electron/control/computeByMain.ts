/** Compute processes that main forks on request: only main can. Each comes with a port that main joins to it. */
import type { MessageEvent } from 'electron';
import { mainPort } from '../ports/mainPort.ts';
import type { ClientPort, Ending } from '../../engine/results/protocol.ts';
import type { ComputeChild } from '../../engine/service/control/computeChild.ts';
import type { FromControl, ToControl } from '../main/processMessages.ts';

type Sent = Parameters<ClientPort['send']>[0];

interface Awaited {
  joined(port: ClientPort): void;
  exited(code: number): void;
}

export class ComputeByMain {
  readonly #tell: (message: FromControl) => void;
  readonly #living = new Map<number, Awaited>();
  #last = 0;

  constructor(tell: (message: FromControl) => void) {
    this.#tell = tell;
  }

  readonly spawn = (): ComputeChild => {
    const id = ++this.#last;
    const port = new LaterPort();
    const exited = new Promise<string>((resolve) => {
      this.#living.set(id, {
        joined: (real) => port.join(real),
        exited: (code) => {
          port.close();
          resolve(`code ${code}`);
        },
      });
    });
    this.#tell({ kind: 'spawnCompute', id });
    return { port, exited, kill: () => this.#tell({ kind: 'killCompute', id }) };
  };

  /** What main says of compute processes. */
  heard(message: Extract<ToControl, { id: number }>, [port]: MessageEvent['ports']): void {
    const child = this.#living.get(message.id);
    if (message.kind === 'computeExited') {
      this.#living.delete(message.id);
      child?.exited(message.code);
    } else if (port !== undefined) child?.joined(mainPort(port));
  }
}

/** A port that can be used before the real one has come. */
class LaterPort implements ClientPort {
  #real: ClientPort | null = null;
  #isClosed = false;
  readonly #sent: Sent[] = [];
  #listening: { readonly listener: (message: unknown) => void; readonly ended: (ending: Ending) => void } | null = null;

  join(real: ClientPort): void {
    if (this.#isClosed) return real.close();
    this.#real = real;
    if (this.#listening !== null) real.listen(this.#listening.listener, this.#listening.ended);
    for (const message of this.#sent.splice(0)) real.send(message);
  }

  send(message: Sent): void {
    if (this.#real !== null) this.#real.send(message);
    else this.#sent.push(message);
  }

  listen(listener: (message: unknown) => void, ended: (ending: Ending) => void): void {
    this.#listening = { listener, ended };
    this.#real?.listen(listener, ended);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#real !== null) this.#real.close();
    else this.#listening?.ended('closed');
  }
}
