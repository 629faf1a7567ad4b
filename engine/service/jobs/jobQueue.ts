/** The queue: one job at a time; priorities between a job and what somebody waits for are the compute process's business. */
import { isDeepStrictEqual } from 'node:util';
import type { RequestOf } from '../../results/index.ts';
import type { Machine, RunRecord, RunState, RunSummary } from '../../results/runs.ts';
import { Fault } from '../../terms/fault.ts';
import { isActive } from '../runs/readRun.ts';
import type { Run } from '../runs/run.ts';
import type { RunStore } from '../runs/runStore.ts';
import type { ComputeHost } from './computeHost.ts';
import type { JobWatcher } from './job.ts';
import { Job } from './job.ts';
import { aboutOf, kindOf, modelName, modelPath } from './jobCalls.ts';
import { sameModel } from './sameModel.ts';

export interface QueueOptions extends JobWatcher {
  readonly machine: Machine;
  /** The list of runs on disk changed. */
  onRunsChanged(): void;
}

type Start = RequestOf<'start'>;
type Steer = RequestOf<'steer'>;

export class JobQueue {
  readonly #store: RunStore;
  readonly #host: ComputeHost;
  readonly #options: QueueOptions;
  readonly #stopListening: () => void;
  /** Those that have not ended, in the order in which they take their turn. */
  readonly #jobs = new Map<string, Job>();
  #active: Job | null = null;
  #isDisposed = false;

  constructor(store: RunStore, host: ComputeHost, options: QueueOptions) {
    this.#store = store;
    this.#host = host;
    this.#options = options;
    this.#stopListening = host.onResident(() => this.#pump());
  }

  /** Jobs that have not ended. */
  jobs(): readonly RunSummary[] {
    return [...this.#jobs.values()].map(({ run }) => run.summary).filter(isActive);
  }

  /** A run was labelled, or one was moved: those who watch are told. */
  tellOf(run: RunSummary | null): void {
    if (run !== null && isActive(run)) this.#options.onChange(run);
    this.#options.onRunsChanged();
  }

  /** Resolves to the run's id once it is on disk. Throws Fault where it can't be written, or `from` is no run. */
  async start({ job, title, tags = [], from }: Start): Promise<string> {
    this.#requireOpen();
    const plan = from === undefined ? {} : await this.#planOf(from, job);
    const created = new Date();
    const id = await this.#store.newId(created, job.call, aboutOf(job));
    const words = { tags, title: title ?? kindOf(job).title(job.request), from: from ?? null };
    const record = newRecord({ id, created: created.toISOString(), job, ...words });
    const run = await this.#store.create({ ...record, plan, machine: this.#options.machine });
    this.#add(run);
    return run.id;
  }

  /** Throws Fault for what can't be done to a run in its state, and where another process is at work on it. */
  async steer({ run: id, action }: Steer): Promise<RunState> {
    this.#requireOpen();
    const job = this.#jobs.get(id);
    if (job !== undefined && isActive(job.run.summary)) return this.#steerLive(job, action);
    await job?.retired;
    return action === 'resume' ? this.#resume(id) : this.#steerStill(id, action);
  }

  /** Stops everything; what was not done is `interrupted`, and can be resumed by the next process. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#stopListening();
    const jobs = [...this.#jobs.values()];
    for (const job of jobs) if (isActive(job.run.summary)) this.#end(job, 'interrupted');
    await Promise.all(jobs.map(({ retired }) => retired));
  }

  #steerLive(job: Job, action: Steer['action']): RunState {
    if (action === 'cancel') this.#end(job, 'cancelled');
    if (action === 'pause') job.stop('paused');
    if (action === 'resume' && job.state === 'paused') {
      job.enter('queued');
      this.#jobs.delete(job.run.id);
      this.#jobs.set(job.run.id, job);
      this.#pump();
    }
    return job.state;
  }

  async #resume(id: string): Promise<RunState> {
    const { state } = (await this.#store.get(id)).record.summary;
    if (state === 'done') throw new Fault({ what: 'the run is done', where: id, expected: 'one that was stopped' });
    const run = await this.#store.take(id);
    const { resumed } = run.summary;
    run.change({ state: 'queued', error: null, resumed: resumed + 1, ...this.#warningOf(run.record) });
    await run.save();
    return this.#add(run).state;
  }

  async #steerStill(id: string, action: 'pause' | 'cancel'): Promise<RunState> {
    const { state } = (await this.#store.get(id)).record.summary;
    if (action === 'pause') {
      throw new Fault({ what: 'the run does not go on', where: id, expected: 'a job of the queue', got: state });
    }
    if (state !== 'interrupted') return state;
    const job = new Job(await this.#store.take(id), this.#options);
    job.enter('cancelled');
    await this.#close(job);
    return job.state;
  }

  #add(run: Run): Job {
    const job = new Job(run, this.#options);
    this.#jobs.set(run.id, job);
    this.#options.onRunsChanged();
    this.#options.onChange(run.summary);
    this.#pump();
    return job;
  }

  /** Starts the next job, where none runs. */
  #pump(): void {
    if (this.#active !== null || this.#isDisposed) return;
    const line = [...this.#jobs.values()].filter(({ state }) => state === 'queued' || state === 'waiting');
    for (const job of line) job.enter(this.#isBlocked(job) ? 'waiting' : 'queued');
    const next = line.find(({ state }) => state === 'queued');
    if (next === undefined) return;
    this.#active = next;
    void this.#perform(next);
  }

  /** Another model is open: a job does not take it away from whoever works with it. */
  #isBlocked({ run }: Job): boolean {
    const { job } = run.record;
    const resident = this.#host.resident();
    return kindOf(job).model === 'resident' && resident !== null && !sameModel(job, resident);
  }

  async #perform(job: Job): Promise<void> {
    // A job that was paused and resumed at once may still be stopping.
    await job.stopped;
    if (job.state === 'queued') await job.perform(this.#host);
    this.#active = null;
    if (!isActive(job.run.summary)) await this.#close(job);
    this.#pump();
  }

  #end(job: Job, state: 'cancelled' | 'interrupted'): void {
    job.stop(state);
    if (job !== this.#active) void this.#close(job);
  }

  async #close(job: Job): Promise<void> {
    await job.stopped;
    try {
      await job.run.save();
    } catch {
      // The job has said so already.
    }
    await this.#store.release(job.run);
    this.#jobs.delete(job.run.id);
    job.retire();
    this.#options.onRunsChanged();
  }

  /** A run of the same job is repeated by the same plan: with another, the last bits may differ. */
  async #planOf(from: string, job: Start['job']): Promise<RunRecord['plan']> {
    const { record } = await this.#store.get(from);
    return isDeepStrictEqual(record.job, job) ? record.plan : {};
  }

  #warningOf({ machine, summary }: RunRecord): Partial<RunSummary> {
    if (isDeepStrictEqual(machine, this.#options.machine)) return {};
    const { cpu, headscope } = this.#options.machine;
    const warning = `went on with headscope ${headscope} on ${cpu}: its numbers may differ in the last digits`;
    return { warnings: [...new Set([...summary.warnings, warning])] };
  }

  #requireOpen(): void {
    if (this.#isDisposed) throw new Fault({ what: 'the project is being closed' });
  }
}

type New = Pick<RunSummary, 'id' | 'created' | 'title' | 'tags' | 'from'> & Pick<RunRecord, 'job'>;

function newRecord({ job, ...known }: New): Omit<RunRecord, 'plan' | 'machine'> {
  const path = modelPath(job);
  const summary: RunSummary = {
    ...{ ...known, call: job.call, note: '', state: 'queued' },
    model: path === null ? null : { path, name: modelName(path) },
    prompts: kindOf(job).prompts(job.request),
    ...{ seconds: 0, rows: 0, progress: null, rate: null, secondsLeft: null },
    ...{ error: null, warnings: [], resumed: 0 },
  };
  return { version: 1, summary, job, fingerprint: null, tokenizer: null, result: null };
}
