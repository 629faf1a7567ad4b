/** The circuit call on a bundled model, its events by kind. */
import { createService } from '../../engine/service/service.ts';
import type { CircuitHeader, CircuitRow } from '../../engine/results/circuitBench.ts';
import type { RequestOf, ResultOf } from '../../engine/results/index.ts';
import { drain } from '../../engine/results/index.ts';

type Request = RequestOf<'circuit'>;

export interface BenchRun extends ResultOf<'circuit'> {
  readonly header: CircuitHeader;
  readonly rows: readonly CircuitRow[];
}

export function circuitRequest(folder: string, task: string, n: number, more: Partial<Request> = {}): Request {
  return {
    model: `fixtures/models/${folder}`,
    prompts: { kind: 'task', task, n, seed: 0 },
    methods: [{ id: 'patching', settings: {} }],
    nodes: 'heads',
    ...{ seeds: 1, outside: 'counterfactual', random: 0, studied: 0, permutations: 0, seed: 0 },
    ...more,
  };
}

export async function runBench(request: Request): Promise<BenchRun> {
  const { service, dispose } = createService();
  try {
    let header: CircuitHeader | null = null;
    const rows: CircuitRow[] = [];
    const { signal } = new AbortController();
    const result = await drain(service.circuit(request, { signal, priority: 'job' }), (event) => {
      if (event.kind === 'start') header = event.header;
      if (event.kind === 'row') rows.push(event);
    });
    if (header === null) throw new Error('expected a header');
    return { ...result, header, rows };
  } finally {
    await dispose();
  }
}
