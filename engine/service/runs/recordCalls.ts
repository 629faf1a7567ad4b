/** The calls about runs that stand on disk. */
import type { ControlService } from '../../results/index.ts';
import { compareRuns } from './compareRuns.ts';
import { exportForms } from './exportForms.ts';
import { exportRun } from './exportRun.ts';
import { followRun } from './followRun.ts';
import type { RunStore } from './runStore.ts';

type RecordCalls = Pick<
  ControlService,
  'runs' | 'record' | 'follow' | 'label' | 'bin' | 'compare' | 'exportForms' | 'export'
>;

export function recordCalls(store: RunStore): RecordCalls {
  return {
    runs: (request) => store.list(request),
    record: ({ run }) => store.get(run),
    follow: (request, { signal }) => followRun(store, request, signal),
    label: async (request) => ({ summary: await store.label(request) }),
    bin: async ({ run, restore = false }) => ({ folder: await store.bin(run, restore) }),
    compare: ({ a, b }) => compareRuns(store, a, b),
    exportForms: async ({ run }) => exportForms(await store.get(run)),
    export: (request) => exportRun(store, request),
  };
}
