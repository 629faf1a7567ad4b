/** The two engine processes: control, which answers windows, and compute, which holds the model. Main forks and joins them. */
import { fileURLToPath } from 'node:url';
import type { UtilityProcess, WebContents } from 'electron';
import { MessageChannelMain, utilityProcess } from 'electron';
import type { ToCompute, ToControl } from './processMessages.ts';
import { isFromControl } from './processMessages.ts';

const controlEntry = fileURLToPath(new URL('../control/controlProcess.js', import.meta.url));
const computeEntry = fileURLToPath(new URL('../compute/computeProcess.js', import.meta.url));

/** A control process that ends sooner than this after its start is not started again: it would not live either. */
const SHORTEST_LIFE = 2000;

export class EngineProcesses {
  readonly #args: readonly string[];
  readonly #onLost: (code: number) => void;
  readonly #compute = new Map<number, UtilityProcess>();
  #control: UtilityProcess;
  #started = 0;
  #isStopping = false;

  /** `args` go to the control process; `onLost` is told of a control process that does not live. */
  constructor(args: readonly string[], onLost: (code: number) => void) {
    this.#args = args;
    this.#onLost = onLost;
    this.#control = this.#forkControl();
  }

  /** Gives a window a fresh port to the control process. */
  connect(window: WebContents): void {
    const { port1, port2 } = new MessageChannelMain();
    this.#tell({ kind: 'window' }, port1);
    window.postMessage('engine:port', null, [port2]);
  }

  stop(): void {
    this.#isStopping = true;
    this.#control.kill();
    for (const compute of this.#compute.values()) compute.kill();
  }

  #forkControl(): UtilityProcess {
    this.#started = Date.now();
    const control = utilityProcess.fork(controlEntry, [...this.#args], {
      serviceName: 'Headscope control',
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    control.on('message', (message: unknown) => {
      if (!isFromControl(message)) return;
      if (message.kind === 'spawnCompute') this.#forkCompute(message.id);
      else this.#compute.get(message.id)?.kill();
    });
    control.on('exit', (code) => this.#controlEnded(code));
    return control;
  }

  /** Windows see their port close and ask for another. */
  #controlEnded(code: number): void {
    for (const compute of this.#compute.values()) compute.kill();
    this.#compute.clear();
    if (this.#isStopping) return;
    if (Date.now() - this.#started < SHORTEST_LIFE) this.#onLost(code);
    else this.#control = this.#forkControl();
  }

  #forkCompute(id: number): void {
    const compute = utilityProcess.fork(computeEntry, [], {
      serviceName: 'Headscope compute',
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    this.#compute.set(id, compute);
    const { port1, port2 } = new MessageChannelMain();
    const message: ToCompute = { kind: 'serve' };
    compute.postMessage(message, [port1]);
    this.#tell({ kind: 'compute', id }, port2);
    compute.on('exit', (code) => {
      if (this.#compute.delete(id)) this.#tell({ kind: 'computeExited', id, code });
    });
  }

  #tell(message: ToControl, port?: Electron.MessagePortMain): void {
    this.#control.postMessage(message, port === undefined ? [] : [port]);
  }
}
