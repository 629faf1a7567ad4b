/** Ports over one channel: the two ends of a process's IPC each hold a relay, and a port that is sent goes on at the other end. */
import type { PortEvent } from './port.ts';
import { StandInPort } from './port.ts';

/** On the channel: a message to the process itself, to one of its ports, or the end of a port. */
type Frame =
  | { readonly to: 'process'; readonly data: unknown; readonly ports: readonly string[] }
  | { readonly to: string; readonly data: unknown; readonly ports: readonly string[] }
  | { readonly ended: string };

export class PortRelay {
  readonly #side: string;
  readonly #send: (frame: Frame) => void;
  readonly #onMessage: (event: PortEvent) => void;
  readonly #ports = new Map<string, StandInPort>();
  #last = 0;

  /** `side` tells the ids of this end from those of the other. */
  constructor(side: string, send: (frame: Frame) => void, onMessage: (event: PortEvent) => void) {
    this.#side = side;
    this.#send = send;
    this.#onMessage = onMessage;
  }

  post(data: unknown, ports: readonly StandInPort[]): void {
    this.#send({ to: 'process', data, ports: ports.map((port) => this.#export(port)) });
  }

  take(frame: unknown): void {
    const known = frame as Frame;
    if ('ended' in known) return this.#end(known.ended);
    const ports = known.ports.map((id) => this.#import(id));
    if (known.to === 'process') this.#onMessage({ data: known.data, ports });
    else this.#ports.get(known.to)?.postMessage(known.data, ports);
  }

  /** The other end is gone. */
  close(): void {
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
  }

  /** A port of ours goes on at the other end. */
  #export(port: StandInPort): string {
    const id = `${this.#side}${++this.#last}`;
    this.#join(id, port);
    return id;
  }

  #import(id: string): StandInPort {
    const [ours, theirs] = StandInPort.pair();
    this.#join(id, ours);
    return theirs;
  }

  #join(id: string, port: StandInPort): void {
    this.#ports.set(id, port);
    port.on('message', ({ data, ports }: PortEvent) =>
      this.#send({ to: id, data, ports: ports.map((inner) => this.#export(inner)) }),
    );
    port.on('close', () => {
      this.#ports.delete(id);
      this.#send({ ended: id });
    });
    port.start();
  }

  #end(id: string): void {
    this.#ports.get(id)?.close();
    this.#ports.delete(id);
  }
}
