/** A project with a queue, and what a test hears of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { EventOf } from '../../engine/results/index.ts';
import type { Machine, RunRow, RunState, RunSummary } from '../../engine/results/runs.ts';
import { JobQueue } from '../../engine/service/jobs/jobQueue.ts';
import { followRun } from '../../engine/service/runs/followRun.ts';
import { RunStore } from '../../engine/service/runs/runStore.ts';
import type { FakeHost } from './fakeHost.ts';

export const machine: Machine = {
  cpu: 'any',
  threads: 2,
  os: 'linux',
  node: '20.0.0',
  headscope: '0.1.0',
  onnxruntime: '1.0.0',
};

export interface Project {
  readonly folder: string;
  readonly store: RunStore;
  readonly queue: JobQueue;
  readonly changes: RunSummary[];
  readonly notices: string[];
  /** Resolves when the run is in this state. */
  reaches(run: string, state: RunState): Promise<RunSummary>;
  rows(run: string): Promise<RunRow[]>;
}

const folders: string[] = [];
const queues: JobQueue[] = [];

afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.dispose()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'headscope-project-'));
  folders.push(folder);
  return folder;
}

export async function project(host: FakeHost, folder = newFolder(), on: Machine = machine): Promise<Project> {
  const store = await RunStore.open(folder);
  const changes: RunSummary[] = [];
  const notices: string[] = [];
  const waiting = new Set<() => void>();
  const told = () => waiting.forEach((wake) => wake());
  const queue = new JobQueue(store, host, {
    machine: on,
    onChange: (summary) => {
      changes.push(summary);
      told();
    },
    onRunsChanged: told,
    onNotice: ({ text }) => notices.push(text),
  });
  queues.push(queue);
  const reaches = (run: string, state: RunState) =>
    new Promise<RunSummary>((resolve) => {
      const look = () => {
        const found = changes.findLast(({ id }) => id === run);
        if (found?.state !== state) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const rows = async (run: string) => rowsOf(await followed(store, run));
  return { folder, store, queue, changes, notices, reaches, rows };
}

export async function followed(store: RunStore, run: string, from = 0): Promise<EventOf<'follow'>[]> {
  const events: EventOf<'follow'>[] = [];
  for await (const event of followRun(store, { run, from }, new AbortController().signal)) events.push(event);
  return events;
}

/** What a follower has at the end. */
export function rowsOf(events: readonly EventOf<'follow'>[]): RunRow[] {
  return events.reduce<RunRow[]>(
    (rows, event) => (event.kind === 'rows' ? [...rows.slice(0, event.from), ...event.rows] : rows),
    [],
  );
}
