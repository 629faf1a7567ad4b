/** Electron's utilityProcess over child_process.fork. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { StandInPort } from './port.ts';
import { PortRelay } from './portRelay.ts';

// Compiled: a child is not started from TypeScript.
const bootstrap = fileURLToPath(new URL('../../../dist/test/electron/standIn/childProcess.js', import.meta.url));

class UtilityProcess extends EventEmitter {
  readonly serviceName: string;
  readonly #child: ChildProcess;
  readonly #relay: PortRelay;

  constructor(entry: string, args: readonly string[], serviceName: string) {
    super();
    this.serviceName = serviceName;
    this.#child = fork(bootstrap, [entry, ...args], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [],
    });
    this.#relay = new PortRelay(
      'main',
      (frame) => {
        // A process that is just ending may be gone before its end is known.
        if (this.#child.connected) this.#child.send(frame, () => undefined);
      },
      ({ data }) => this.emit('message', data),
    );
    this.#child.on('message', (frame) => this.#relay.take(frame));
    this.#child.on('exit', (code) => {
      this.#relay.close();
      this.emit('exit', code ?? 1);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  postMessage(data: unknown, ports: readonly StandInPort[] = []): void {
    this.#relay.post(data, ports);
  }

  kill(): boolean {
    return this.#child.kill();
  }
}

/** Every process that was forked, for tests that kill one. */
export const forked: UtilityProcess[] = [];

export const utilityProcess = {
  fork(entry: string, args: readonly string[] = [], options: { readonly serviceName?: string } = {}): UtilityProcess {
    const child = new UtilityProcess(entry, args, options.serviceName ?? '');
    forked.push(child);
    return child;
  },
};
