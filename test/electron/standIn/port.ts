/** Message ports of the stand-in: as Electron's main process has them, linked in pairs, and movable to a child or a page. */
import { EventEmitter } from 'node:events';

/** What a port or a process is sent. */
export interface PortEvent {
  readonly data: unknown;
  readonly ports: readonly StandInPort[];
}

/** The members of Electron.MessagePortMain, with its rules: nothing is delivered before `start`, and nothing is lost. */
export class StandInPort extends EventEmitter {
  #peer: StandInPort | null = null;
  #waiting: PortEvent[] = [];
  #isStarted = false;
  #isClosed = false;

  static pair(): [StandInPort, StandInPort] {
    const [a, b] = [new StandInPort(), new StandInPort()];
    a.#peer = b;
    b.#peer = a;
    return [a, b];
  }

  postMessage(data: unknown, ports: readonly StandInPort[] = []): void {
    const peer = this.#peer;
    // Typed arrays are copied between Electron's processes, never shared.
    const event = { data: structuredClone(data), ports };
    if (peer !== null) setImmediate(() => peer.#take(event));
  }

  start(): void {
    this.#isStarted = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const event of waiting) this.emit('message', event);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const peer = this.#peer;
    if (peer !== null) setImmediate(() => peer.#ended());
  }

  #take(event: PortEvent): void {
    if (this.#isClosed) return;
    if (this.#isStarted) this.emit('message', event);
    else this.#waiting.push(event);
  }

  #ended(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.emit('close');
  }
}

/** Electron's MessageChannelMain. */
export class MessageChannelMain {
  readonly port1: StandInPort;
  readonly port2: StandInPort;

  constructor() {
    [this.port1, this.port2] = StandInPort.pair();
  }
}
