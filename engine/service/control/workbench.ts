/** The control process: answers what is about runs, models and settings itself, and hands the rest to the compute process. */
import { resolve } from 'node:path';
import { importScores } from '../../exports/importScores.ts';
import type { Heartbeat } from '../../results/heartbeat.ts';
import type { ComputeService, ControlService, Service } from '../../results/index.ts';
import { contract } from '../../results/index.ts';
import { importPrompts } from '../../tasks/importPrompts.ts';
import { JobQueue } from '../jobs/jobQueue.ts';
import { bundledFolder } from '../packagePlaces.ts';
import { runCalls } from '../runs/runCalls.ts';
import { RunStore } from '../runs/runStore.ts';
import { thisMachine } from '../thisMachine.ts';
import { headscopeFolder } from '../userFolders.ts';
import { version } from '../version.ts';
import { after, explained, wrapCalls } from '../wrapCalls.ts';
import type { Access } from './access.ts';
import { restrict } from './access.ts';
import type { ComputeChild } from './computeChild.ts';
import { ComputeSupervisor } from './computeSupervisor.ts';
import { diagnostics } from './diagnostics.ts';
import { DictionaryShelf } from './dictionaryShelf.ts';
import { EngineLog } from './engineLog.ts';
import { forwarded } from './forwarded.ts';
import { HeadSets } from './headSets.ts';
import type { ModelPlaces } from './library/library.ts';
import { listLibrary, modelPlaces } from './library/library.ts';
import { makeRoom } from './makeRoom.ts';
import { Settings } from './settings.ts';
import { WatchBoard } from './watchBoard.ts';

export interface WorkbenchOptions {
  /** Folder of runs, head sets and the log; made where it is not. */
  readonly project: string;
  /** Starts a compute process. */
  spawn(): ComputeChild;
  /** Default: see ComputeSupervisor. */
  readonly heartbeat?: Heartbeat;
  /** Folder of settings.json. Default: the user's. */
  readonly settingsFolder?: string;
  /** Default: those of this machine and of the package. */
  readonly places?: ModelPlaces;
}

export interface Workbench {
  /** For a client on this machine whose user chooses files in dialogs. */
  readonly service: Service;
  /** For a client of the network. */
  restricted(options: Pick<Access, 'mayAddFolders'>): Service;
  /** A line for the project's log. */
  log(line: string): void;
  /** Jobs that go on become `interrupted`; the compute process ends. */
  dispose(): Promise<void>;
}

/** Throws Fault where the project's folder can't be made or written. */
export async function createWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const project = resolve(options.project);
  const store = await RunStore.open(project);
  return new ControlProcess({ ...options, project }, store, await EngineLog.open(project));
}

class ControlProcess implements Workbench {
  readonly service: Service;
  readonly #project: string;
  readonly #store: RunStore;
  readonly #log: EngineLog;
  readonly #settings: Settings;
  readonly #places: ModelPlaces;
  readonly #headSets: HeadSets;
  readonly #dictionaries: DictionaryShelf;
  readonly #supervisor: ComputeSupervisor;
  readonly #board: WatchBoard;
  readonly #queue: JobQueue;

  constructor(options: WorkbenchOptions, store: RunStore, log: EngineLog) {
    this.#project = options.project;
    this.#store = store;
    this.#log = log;
    this.#settings = new Settings(options.settingsFolder ?? headscopeFolder());
    this.#places = options.places ?? modelPlaces(bundledFolder);
    this.#headSets = new HeadSets(options.project, (text) => log.write('warning', text));
    this.#dictionaries = new DictionaryShelf(options.project);
    this.#supervisor = new ComputeSupervisor(options);
    this.#board = new WatchBoard(() => this.#snapshot());
    this.#queue = this.#startQueue();
    this.#tellOfCompute();
    this.service = wrapCalls({ ...this.#forwarding(), ...this.#answering() }, (call, method) => (request, options) => {
      return explained(method(request, options), async (error) => (log.failed(call, error), error));
    });
    log.write('info', `headscope ${version} started, process ${process.pid}`);
  }

  restricted({ mayAddFolders }: Pick<Access, 'mayAddFolders'>): Service {
    const { bundled, hub, lmStudio } = this.#places;
    const writable = async () => [this.#project, ...(await this.#settings.folders())];
    const found = [hub, ...lmStudio, ...(bundled === null ? [] : [bundled])];
    const readable = async () => [...(await writable()), ...found, ...(await this.#settings.recent())];
    return restrict(this.service, { readable, writable, mayAddFolders });
  }

  log(line: string): void {
    this.#log.write('info', line);
  }

  async dispose(): Promise<void> {
    await this.#queue.dispose();
    await this.#supervisor.dispose();
    this.#log.write('info', 'ended');
    await this.#log.close();
  }

  #startQueue(): JobQueue {
    return new JobQueue(this.#store, this.#supervisor, {
      machine: thisMachine(),
      onChange: (job) => this.#board.tell({ kind: 'job', job }),
      onNotice: (notice) => this.#board.notice(notice),
      onRunsChanged: () => this.#board.tell({ kind: 'runs' }),
    });
  }

  #tellOfCompute(): void {
    const supervisor = this.#supervisor;
    supervisor.onMemory(() => this.#board.tell({ kind: 'memory', memory: supervisor.memory() }));
    supervisor.onResident(() => this.#tellOfModel());
    supervisor.onReplaced((reason) => {
      this.#log.write('error', `the compute process was replaced (${reason})`);
      const text = `The compute process was replaced (${reason}). The model is opened again when it is next used.`;
      this.#board.notice({ level: 'warning', text });
    });
  }

  #tellOfModel(): void {
    const resident = this.#supervisor.resident();
    this.#board.tell({ kind: 'resident', resident, memory: this.#supervisor.memory() });
    if (resident === null) return;
    this.#log.write('info', `opened ${resident.path}, held as ${resident.model.weights}`);
    // The list of recent models is a convenience: what goes wrong with it stops nobody.
    this.#settings.opened(resolve(resident.path)).catch((error: unknown) => this.#log.failed('settings', error));
  }

  #snapshot(): ReturnType<ConstructorParameters<typeof WatchBoard>[0]> {
    const [resident, memory] = [this.#supervisor.resident(), this.#supervisor.memory()];
    return { project: this.#project, version, resident, memory, jobs: this.#queue.jobs() };
  }

  /** Asked at the call: the client is another one once the process was replaced. */
  #forwarding(): ComputeService {
    const rooms = {
      ...{ store: this.#store, queue: this.#queue },
      notice: this.#board.notice.bind(this.#board),
    };
    return wrapCalls(
      forwarded(() => this.#supervisor.client),
      (call, method) => (request, options) => {
        const ready = () => makeRoom(rooms, call, request, options);
        return after(ready, contract[call].streams, () => method(request, options));
      },
    );
  }

  #answering(): ControlService {
    const settings = this.#settings;
    return {
      ...runCalls(this.#store, this.#queue),
      watch: this.#board.watch,
      library: async () => ({ sources: await listLibrary(this.#places, settings) }),
      dictionaries: async (request) => this.#dictionaries.list(request),
      labelFeature: async (request) => this.#dictionaries.label(request),
      folders: async ({ add, remove }) => {
        if (remove !== undefined) await settings.removeFolder(remove);
        return { folders: await (add === undefined ? settings.folders() : settings.addFolder(add)) };
      },
      importPrompts: async (request) => importPrompts(request),
      importScores: async (request) => importScores(request),
      headSets: async () => ({ sets: await this.#headSets.list() }),
      headSet: async (request) => {
        await (request.action === 'save' ? this.#headSets.save(request.set) : this.#headSets.delete(request.name));
        this.#board.tell({ kind: 'headSets' });
        return { sets: await this.#headSets.list() };
      },
      diagnostics: async () => ({ text: this.#diagnostics() }),
    };
  }

  #diagnostics(): string {
    const supervisor = this.#supervisor;
    return diagnostics({
      ...{ machine: thisMachine(), project: this.#project },
      ...{ resident: supervisor.resident(), memory: supervisor.memory() },
      jobs: this.#queue.jobs().map(({ call, state }) => `${call} ${state}`),
      errors: this.#log.lastErrors(),
    });
  }
}
