/** One try of a job: its call from where the log ends to its end, each event logged. */
import type { CallOptions, Client, ComputeCall } from '../../results/index.ts';
import { Cancelled } from '../../results/index.ts';
import type { ModelIdentity, Progress } from '../../results/records.ts';
import type { JobRequest, RunRecord, RunRow } from '../../results/runs.ts';
import { Fault } from '../../terms/fault.ts';
import type { Run } from '../runs/run.ts';
import { kindOf, modelPath } from './jobCalls.ts';

export type ComputeClient = Pick<Client, ComputeCall>;
type JobEvent = RunRow['event'];

/** Milliseconds between two writes of the record while nothing but numbers changes. */
const SAVE_EVERY = 1000;

/** Sent before the first unit, and again by a call that goes on. */
const preamble: ReadonlySet<string> = new Set(['start', 'baseline', 'ends'] satisfies JobEvent['kind'][]);

export interface AttemptOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * What the call returns. Throws Cancelled as soon as the signal aborts, without waiting for the program that runs; what was
 * logged until then stays. Throws Fault where the model is another one than the log is of, and whatever the call throws.
 */
export async function attempt(run: Run, client: ComputeClient, options: AttemptOptions): Promise<unknown> {
  const { job } = run.record;
  if (kindOf(job).resumption(job.request) === 'restart') await run.dropFrom(() => true);
  const log = await Log.open(run, options.onProgress);
  const events = calling(client, log.request(), { signal: options.signal, priority: 'job' });
  return drainUntil(events, options.signal, (event) => log.take(event));
}

type Events = AsyncGenerator<JobEvent, unknown, void>;

function calling(client: ComputeClient, { call, request }: JobRequest, options: CallOptions): Events {
  // A job carries the request of its own call, which the type system can't follow through a union.
  const method = client[call] as (request: JobRequest['request'], options: CallOptions) => Events;
  return method(request, options);
}

/** What is logged, and what is to be. */
class Log {
  readonly #run: Run;
  readonly #onProgress: (progress: Progress) => void;
  readonly #kinds = new Set<string>();
  #units = 0;
  /** The last unit. */
  #last: { readonly kind: string } | null = null;
  /** All units, of a call that goes on from them. */
  readonly #known: { readonly kind: string }[] = [];
  #saved = performance.now();

  private constructor(run: Run, onProgress: (progress: Progress) => void) {
    this.#run = run;
    this.#onProgress = onProgress;
  }

  static async open(run: Run, onProgress: (progress: Progress) => void): Promise<Log> {
    const log = new Log(run, onProgress);
    for await (const row of run.storedRows()) log.#count(row as { readonly kind: string });
    return log;
  }

  /** The job's request, told what is known already and by which plan. */
  request(): JobRequest {
    const { job, plan } = this.#run.record;
    const resumption = kindOf(job).resumption(job.request);
    // Every call that goes on from a state takes it as `from`, every one that goes on from its units takes them as `known`.
    const state = { from: this.#last };
    if (resumption === 'state' && this.#last !== null)
      return { ...job, request: { ...job.request, ...state } } as JobRequest;
    const units = { known: [...this.#known] };
    if (resumption === 'known' && this.#known.length > 0)
      return { ...job, request: { ...job.request, ...units } } as JobRequest;
    if (resumption !== 'rows') return job;
    const asked: { readonly done?: number } = 'done' in job.request ? job.request : {};
    const done = (asked.done ?? 0) + this.#units;
    const { unitsPerRun } = plan;
    const known = {
      ...(done === 0 ? {} : { done }),
      ...(unitsPerRun === undefined ? {} : { unitsPerRun }),
    };
    // Every call that goes on by rows has both fields.
    return { ...job, request: { ...job.request, ...known } } as JobRequest;
  }

  async take(event: JobEvent): Promise<void> {
    if (event.kind === 'progress') this.#onProgress(event);
    else await this.#log(event);
    if (performance.now() - this.#saved > SAVE_EVERY) await this.#save();
  }

  async #log(event: Exclude<JobEvent, Progress>): Promise<void> {
    if (event.kind === 'start') await this.#begin(event);
    if (preamble.has(event.kind) && this.#kinds.has(event.kind)) return;
    await this.#run.append(event);
    this.#count(event);
  }

  /** The plan is on disk before the first number that depends on it. */
  async #begin(start: StartEvent): Promise<void> {
    // What a call says that begins anew, for its files are gone, takes the place of all that was said before.
    const resumedAt = 'resumedAt' in start ? (start.resumedAt ?? 0) : null;
    if (resumedAt !== null) await this.#run.dropFrom((row) => stepOf(row) > resumedAt);
    learn(this.#run, start);
    await this.#save();
  }

  #count(row: { readonly kind: string }): void {
    this.#kinds.add(row.kind);
    if (row.kind !== kindOf(this.#run.record.job).unit) return;
    this.#units += 1;
    this.#last = row;
    if (kindOf(this.#run.record.job).resumption(this.#run.record.job.request) === 'known') this.#known.push(row);
  }

  async #save(): Promise<void> {
    await this.#run.save();
    this.#saved = performance.now();
  }
}

type StartEvent = Extract<JobEvent, { readonly kind: 'start' }>;

/** Which model it is, and the plan. */
function learn(run: Run, start: StartEvent): void {
  const model = modelOf(start);
  if (model !== null) learnModel(run, model);
  if (!('header' in start) || !('unitsPerRun' in start.header)) return;
  const { unitsPerRun, units } = start.header;
  run.change({}, { plan: { ...run.record.plan, unitsPerRun, units } });
}

function modelOf(start: StartEvent): ModelIdentity | null {
  if ('header' in start) return start.header.model;
  return 'model' in start ? start.model : null;
}

/** Throws Fault where the run was begun with another, or with another tokenizer: its numbers would be of two models. */
export function learnModel(run: Run, { name, fingerprint, tokenizer = null }: ModelIdentity): void {
  const { record, summary } = run;
  const where = modelPath(record.job) ?? name;
  if (summary.rows > 0) {
    requireSame('model', 'fingerprint', { where, begun: record.fingerprint, now: fingerprint });
    requireSame('tokenizer', 'SHA-256', { where, begun: record.tokenizer, now: tokenizer ?? 'none' });
  }
  const model = summary.model === null ? null : { ...summary.model, name };
  run.change({ model }, { fingerprint, tokenizer } satisfies Partial<RunRecord>);
}

interface Identities {
  readonly where: string;
  /** Null where the run did not record it. */
  readonly begun: string | null;
  readonly now: string;
}

function requireSame(what: string, by: string, { where, begun, now }: Identities): void {
  if (begun === null || begun === now) return;
  throw new Fault({ what: `not the ${what} that the run was begun with`, where, expected: `${by} ${begun}`, got: now });
}

function stepOf(row: unknown): number {
  const step: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, 'step') : null;
  return typeof step === 'number' ? step : -Infinity;
}

/** Hands over each event; an abort does not wait for the one under way. */
async function drainUntil(
  events: Events,
  signal: AbortSignal,
  take: (event: JobEvent) => Promise<void>,
): Promise<unknown> {
  let isOver = false;
  try {
    for (;;) {
      const step = await nextUntil(events, signal);
      isOver = step.done === true;
      if (step.done === true) return step.value;
      await take(step.value);
    }
  } finally {
    if (!isOver) events.return(undefined).catch(() => undefined);
  }
}

function nextUntil(events: Events, signal: AbortSignal): Promise<IteratorResult<JobEvent, unknown>> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Cancelled());
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    const ended = events.next().finally(() => signal.removeEventListener('abort', stop));
    ended.then(resolve, reject);
  });
}
