/** A run in the queue: it waits, is tried until it is done, and may be stopped at any time. */
import { Defect, drain } from '../../results/index.ts';
import { toRecord } from '../../results/errors.ts';
import type { ModelIdentity, Progress } from '../../results/records.ts';
import type { RunState, RunSummary } from '../../results/runs.ts';
import type { Notice } from '../../results/workbench.ts';
import { sameModel } from './sameModel.ts';
import type { Run } from '../runs/run.ts';
import { attempt, learnModel } from './attempt.ts';
import type { ComputeHost } from './computeHost.ts';
import { kindOf, modelPath } from './jobCalls.ts';
import { Rate } from './rate.ts';
import { Replacement } from './replacement.ts';
import { Throttle } from './throttle.ts';

export interface JobWatcher {
  /** At most ten times a second for each job, and at every change of its state. */
  onChange(summary: RunSummary): void;
  onNotice(notice: Omit<Notice, 'time'>): void;
}

const CHANGES_EVERY = 100;
/** How often a job goes on by itself after the compute process died at the same row. */
const MOST_DEATHS = 3;

export class Job {
  readonly run: Run;
  readonly #watcher: JobWatcher;
  readonly #changes: Throttle;
  readonly #rate = new Rate();
  #controller: AbortController | null = null;
  /** Seconds of earlier tries, and when this one began. */
  #before = 0;
  #began: number | null = null;
  #deaths = { rows: -1, times: 0 };
  #attempt: Promise<void> = Promise.resolve();
  #retire: () => void = () => undefined;
  /** Resolves when the queue has let go of it. */
  readonly retired = new Promise<void>((resolve) => (this.#retire = resolve));

  constructor(run: Run, watcher: JobWatcher) {
    this.run = run;
    this.#watcher = watcher;
    this.#changes = new Throttle(() => watcher.onChange(this.run.summary), CHANGES_EVERY);
  }

  get state(): RunState {
    return this.run.summary.state;
  }

  /** Resolves when the try under way, if any, has stopped. */
  get stopped(): Promise<void> {
    return this.#attempt;
  }

  enter(state: RunState, more: Partial<RunSummary> = {}): void {
    if (state === this.state && Object.keys(more).length === 0) return;
    this.run.change({ ...more, state, seconds: this.#seconds });
    this.#changes.now();
    this.#saveLater();
  }

  /** Runs the call to its end, or until `stop`. Never rejects: what goes wrong is in the summary. */
  perform(host: ComputeHost): Promise<void> {
    this.#attempt = this.#perform(host);
    return this.#attempt;
  }

  /** The state is the new one at once; the program that runs is not waited for. */
  stop(state: 'paused' | 'cancelled' | 'interrupted'): void {
    this.#controller?.abort();
    this.enter(state, { rate: null, secondsLeft: null });
    this.#began = null;
  }

  /** Nothing is reported from here on. */
  retire(): void {
    this.#changes.stop();
    this.#retire();
  }

  get #seconds(): number {
    return this.#began === null ? this.run.summary.seconds : this.#before + (performance.now() - this.#began) / 1000;
  }

  async #perform(host: ComputeHost): Promise<void> {
    const { signal } = (this.#controller = new AbortController());
    [this.#before, this.#began] = [this.run.summary.seconds, performance.now()];
    this.enter('running', { error: null });
    try {
      this.#finish(await this.#untilDone(host, signal));
    } catch (error) {
      if (!signal.aborted) this.enter('failed', { error: toRecord(error, false), rate: null, secondsLeft: null });
    }
    this.#controller = null;
    this.#began = null;
  }

  #finish(result: unknown): void {
    const facts: { readonly warnings?: readonly string[]; readonly model?: ModelIdentity } = Object(result);
    if (facts.model !== undefined) learnModel(this.run, facts.model);
    const warnings = [...this.run.summary.warnings, ...(facts.warnings ?? [])];
    this.run.change({}, { result });
    this.enter('done', { warnings: [...new Set(warnings)], rate: null, secondsLeft: null });
  }

  /** A compute process that dies is replaced, and the job goes on from its log. */
  async #untilDone(host: ComputeHost, signal: AbortSignal): Promise<unknown> {
    for (;;) {
      const replacement = new Replacement(host);
      try {
        await this.#open(host, signal);
        return await attempt(this.run, host.client, { signal, onProgress: (progress) => this.#progress(progress) });
      } catch (error) {
        const reason = error instanceof Defect && !signal.aborted ? await replacement.reason(signal) : null;
        if (reason === null || !this.#mayGoOn()) throw error;
        this.#goOn(reason);
      } finally {
        replacement.stop();
      }
    }
  }

  /** The model is opened first, so that its progress is seen and the host knows what is resident. */
  async #open(host: ComputeHost, signal: AbortSignal): Promise<void> {
    const { job } = this.run.record;
    const path = modelPath(job);
    if (path === null || kindOf(job).model !== 'resident' || sameModel(job, host.resident())) return;
    const weights = 'weights' in job.request ? { weights: job.request.weights } : {};
    const opening = host.client.open({ model: path, ...weights }, { signal, priority: 'job' });
    await drain(opening, (progress) => this.#progress(progress));
  }

  #progress(progress: Progress): void {
    const pace = this.#rate.take(progress, performance.now());
    this.run.change({ progress, ...pace, seconds: this.#seconds });
    this.#changes.request();
  }

  #mayGoOn(): boolean {
    const { rows } = this.run.summary;
    this.#deaths = this.#deaths.rows === rows ? { rows, times: this.#deaths.times + 1 } : { rows, times: 1 };
    return this.#deaths.times <= MOST_DEATHS;
  }

  #goOn(reason: string): void {
    const { title, resumed } = this.run.summary;
    this.enter('running', { resumed: resumed + 1 });
    const text = `The compute process was replaced (${reason}). "${title}" goes on from its saved rows.`;
    this.#watcher.onNotice({ level: 'warning', text });
  }

  #saveLater(): void {
    this.run.save().catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      this.#watcher.onNotice({ level: 'error', text: `"${this.run.summary.title}" could not be saved: ${text}` });
    });
  }
}
