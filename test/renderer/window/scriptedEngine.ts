/** An engine whose one run goes as far as a test lets it: a bundled model of two layers of four heads, no real computation. */
import type { EventOf, RequestOf, ResultOf, Service } from '../../../engine/results/index.ts';
import type { RunRow, RunSummary } from '../../../engine/results/runs.ts';
import { fakeService } from '../../results/fakeService.ts';
import { Feed } from '../api/feed.ts';
import { ablationHeader, model, runSummary, summaryOf } from '../api/sampleRows.ts';

const path = '/bundled/tiny-heads';
const { shape, perLayer } = ablationHeader();
const cost = { kind: 'possible', weights: 1e6, total: 2e6 } as const;

const info: ResultOf<'info'> = {
  path,
  name: model.name,
  format: model.format,
  architecture: { id: 'llama', title: 'Llama' },
  parity: null,
  fingerprint: model.fingerprint,
  shape,
  causal: true,
  perLayer: perLayer.map((layer) => ({ ...layer, window: null })),
  parameters: 1000,
  storage: [{ type: 'F32', tensors: 1, elements: 1000, bytes: 4000 }],
  tokenizer: { kind: 'absent', reason: 'scripted' },
  lacks: [],
  memory: { float32: cost, quantised: { kind: 'impossible', reason: 'not quantised' }, mapped: cost, free: 8e9 },
};

type Watch = Feed<EventOf<'watch'>, ResultOf<'watch'>>;
type Follow = Feed<EventOf<'follow'>, ResultOf<'follow'>>;

export class ScriptedEngine {
  readonly started: RequestOf<'start'>[] = [];
  readonly steered: RequestOf<'steer'>[] = [];
  readonly #watchers = new Set<Watch>();
  readonly #followers = new Set<Follow>();
  #rows: readonly RunRow[] = [];
  #run: RunSummary | null = null;
  #isOpen = false;

  /** Rows of the run that was started first. */
  send(...rows: readonly RunRow[]): void {
    for (const follower of this.#followers) follower.send({ kind: 'rows', from: this.#rows.length, rows });
    this.#rows = [...this.#rows, ...rows];
  }

  tell(event: EventOf<'watch'>): void {
    for (const watcher of this.#watchers) watcher.send(event);
  }

  changeRun(change: Partial<RunSummary>): void {
    this.#run = runSummary('run-1', { ...this.#run, ...change });
    this.tell({ kind: 'job', job: this.#run });
  }

  service(): Service {
    return fakeService({
      watch: (_, { signal }) => this.#watch(signal),
      library: async () => ({ sources: [{ ...bundled, models: [listed] }] }),
      info: async () => info,
      open: () => this.#open(),
      runs: async () => ({ runs: this.#run === null ? [] : [this.#run], problems: [] }),
      start: async (request) => this.#start(request),
      steer: async (request) => (this.steered.push(request), { state: 'cancelled' }),
      follow: ({ run }, { signal }) => this.#follow(run, signal),
      tasks: async () => ({ tasks: [] }),
      headSets: async () => ({ sets: [] }),
      task: () => doesTask(),
    });
  }

  async *#watch(signal: AbortSignal): AsyncGenerator<EventOf<'watch'>, ResultOf<'watch'>, void> {
    const feed: Watch = new Feed();
    this.#watchers.add(feed);
    const resident = this.#isOpen ? { path, model, shape } : null;
    const jobs = this.#run === null ? [] : [this.#run];
    yield { kind: 'snapshot', project: '/p/study', version: '1', resident, memory: null, jobs, notices: [] };
    return yield* feed.stream(signal);
  }

  async *#open(): AsyncGenerator<EventOf<'open'>, ResultOf<'open'>, void> {
    yield { kind: 'progress', of: 'bytes', done: 1, total: 2 };
    this.#isOpen = true;
    this.tell({ kind: 'resident', resident: { path, model, shape }, memory: 5e8 });
    return { model, shape, seconds: 0 };
  }

  #start(request: RequestOf<'start'>): ResultOf<'start'> {
    this.started.push(request);
    if (this.#run === null) {
      this.changeRun({ title: 'Zero ablation of heads, ioi', model: { path, name: model.name } });
      this.tell({ kind: 'runs' });
    }
    return { run: `run-${this.started.length}` };
  }

  async *#follow(run: string, signal: AbortSignal): AsyncGenerator<EventOf<'follow'>, ResultOf<'follow'>, void> {
    const feed: Follow = new Feed();
    if (run === 'run-1') this.#followers.add(feed);
    yield { kind: 'rows', from: 0, rows: this.#rows };
    return yield* feed.stream(signal);
  }
}

const bundled = { id: 'bundled', title: 'Bundled', path: null, problem: null } as const;
const listed = {
  path,
  name: 'tiny-heads',
  format: 'safetensors',
  bytes: 4000,
  changed: '2026-01-01T00:00:00Z',
} as const;

async function* doesTask(): AsyncGenerator<EventOf<'task'>, ResultOf<'task'>, void> {
  yield { kind: 'progress', of: 'prompts', done: 1, total: 64 };
  return {
    model,
    task: { id: 'ioi', title: 'IOI', about: 'a', metric: 'logitDifference', options: {} },
    baseline: {
      metricId: 'logitDifference',
      direction: 'higher',
      metric: summaryOf(4.92, 64),
      accuracy: summaryOf(1, 64),
      doesTask: true,
    },
    remaining: [],
    notes: [],
    shown: [],
  };
}
