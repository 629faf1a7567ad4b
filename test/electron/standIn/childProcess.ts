/** What a utility process of the stand-in starts with: `process.parentPort`, then the entry that main named. */
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import type { PortEvent, StandInPort } from './port.ts';
import { PortRelay } from './portRelay.ts';

const [, , entry, ...given] = process.argv;
if (entry === undefined) throw new Error('childProcess: no entry was named');

class ParentPort extends EventEmitter {
  readonly #waiting: PortEvent[] = [];
  readonly #relay = new PortRelay(
    'child',
    (frame) => process.send?.(frame),
    (event) => this.#take(event),
  );

  constructor() {
    super();
    process.on('message', (frame) => this.#relay.take(frame));
    // Messages that come before the entry listens are kept, as Electron keeps them.
    this.on('newListener', (name) => {
      if (name === 'message') setImmediate(() => this.#deliver());
    });
  }

  postMessage(data: unknown, ports: readonly StandInPort[] = []): void {
    this.#relay.post(data, ports);
  }

  #take(event: PortEvent): void {
    this.#waiting.push(event);
    if (this.listenerCount('message') > 0) this.#deliver();
  }

  #deliver(): void {
    for (const event of this.#waiting.splice(0)) this.emit('message', event);
  }
}

Object.defineProperty(process, 'parentPort', { value: new ParentPort() });
process.argv = [process.argv[0] ?? '', entry, ...given];
process.on('disconnect', () => process.exit(0));
await import(pathToFileURL(entry).href);
