/** What goes on in the workbench, told to everyone who watches. */
import { Cancelled } from '../../results/index.ts';
import type { EventOf, Service } from '../../results/index.ts';
import type { Notice } from '../../results/workbench.ts';

type Change = Exclude<EventOf<'watch'>, { readonly kind: 'snapshot' }>;
type Snapshot = Omit<Extract<EventOf<'watch'>, { readonly kind: 'snapshot' }>, 'kind' | 'notices'>;

/** Notices that a new watcher is told. */
const KEPT = 50;

export class WatchBoard {
  readonly #snapshot: () => Snapshot;
  readonly #watchers = new Set<Pending>();
  readonly #notices: Notice[] = [];
  #told = 0;

  constructor(snapshot: () => Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Of several changes of one thing that a slow watcher has not read it is told the last. */
  tell(change: Exclude<Change, { readonly kind: 'notice' }>): void {
    const key = change.kind === 'job' ? `job ${change.job.id}` : change.kind;
    for (const watcher of this.#watchers) watcher.put(key, change);
  }

  notice({ level, text }: Omit<Notice, 'time'>): void {
    const notice: Notice = { time: new Date().toISOString(), level, text };
    this.#notices.push(notice);
    if (this.#notices.length > KEPT) this.#notices.shift();
    const key = `notice ${this.#told++ % KEPT}`;
    for (const watcher of this.#watchers) watcher.put(key, { kind: 'notice', notice });
  }

  readonly watch: Service['watch'] = (_request, { signal }) => this.#watch(signal);

  async *#watch(signal: AbortSignal): ReturnType<Service['watch']> {
    const pending = new Pending(signal);
    this.#watchers.add(pending);
    try {
      yield { kind: 'snapshot', ...this.#snapshot(), notices: [...this.#notices] };
      for (;;) yield* await pending.take();
    } finally {
      this.#watchers.delete(pending);
    }
  }
}

/** What one watcher has not been told yet; never more than there are things to tell of. */
class Pending {
  readonly #changes = new Map<string, Change>();
  readonly #signal: AbortSignal;
  #wake: () => void = () => undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  put(key: string, change: Change): void {
    this.#changes.delete(key);
    this.#changes.set(key, change);
    this.#wake();
  }

  /** Throws Cancelled once the signal aborts. */
  async take(): Promise<readonly Change[]> {
    while (this.#changes.size === 0) {
      if (this.#signal.aborted) throw new Cancelled();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    return changes;
  }
}
