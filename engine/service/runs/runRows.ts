/** The rows of a stored run by their kind. */
import type { EventOf, RequestOf } from '../../results/index.ts';
import type { JobCall, RunRecord } from '../../results/runs.ts';
import { Fault } from '../../terms/fault.ts';
import { readRows } from './readRun.ts';

export interface StoredRun {
  readonly record: RunRecord;
  readonly folder: string;
}

type KindOf<C extends JobCall> = EventOf<C>['kind'];
type Row<C extends JobCall, K extends KindOf<C>> = Extract<EventOf<C>, { readonly kind: K }>;

export class RunRows<C extends JobCall> {
  readonly #events: readonly EventOf<C>[];
  readonly #record: RunRecord;

  private constructor(record: RunRecord, events: readonly EventOf<C>[]) {
    this.#record = record;
    this.#events = events;
  }

  static async read<C extends JobCall>({ record, folder }: StoredRun, call: C): Promise<RunRows<C>> {
    const events: EventOf<C>[] = [];
    // Each row was checked to be an event of this call.
    for await (const { event } of readRows(folder, call)) events.push(event as EventOf<C>);
    return new RunRows(record, events);
  }

  all<K extends KindOf<C>>(kind: K): readonly Row<C, K>[] {
    return this.#events.filter((event): event is Row<C, K> => event.kind === kind);
  }

  one<K extends KindOf<C>>(kind: K): Row<C, K> {
    const [found] = this.all(kind);
    if (found !== undefined) return found;
    const { id, state } = this.#record.summary;
    throw new Fault({ what: 'the run has no results yet', where: id, got: `it is ${state}` });
  }
}

/** What is said where a run gives nothing of that form. */
export function noForm({ job, summary }: RunRecord, format: RequestOf<'export'>['format'], expected: string): Fault {
  return new Fault({ what: `${job.call} gives no ${format}`, where: summary.id, expected });
}
