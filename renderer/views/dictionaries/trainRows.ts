/** The rows of a training of dictionaries, so far. */
import type { EventOf } from '../../../engine/results/contract.ts';
import type {
  DictionaryMeasuredRow,
  DictionaryStepRow,
  TrainDictionariesHeader,
} from '../../../engine/results/trainDictionaries.ts';
import type { RunTable } from '../../api/runTables.ts';

export interface TrainRows {
  readonly header: TrainDictionariesHeader;
  /** In order, each once. */
  readonly steps: readonly DictionaryStepRow[];
  /** On held-out rows, by name, in order of steps: of controls that are made of rows alone once. */
  readonly measured: ReadonlyMap<string, readonly DictionaryMeasuredRow[]>;
}

export type TrainEntry = TrainDictionariesHeader['dictionaries'][number];

/** Null before the run says what it is. */
export function trainRows(table: RunTable | null): TrainRows | null {
  if (table?.kind !== 'rows' || table.call !== 'trainDictionaries') return null;
  const events = table.rows.flatMap((row) => (row.call === 'trainDictionaries' ? [row.event] : []));
  const header = events.find((event) => event.kind === 'start')?.header;
  if (header === undefined) return null;
  // A training that went on says a second time what it is, and may take its last steps anew.
  const steps = new Map(events.filter(isStep).map((row) => [row.step, row]));
  const inOrder = [...steps.values()].sort((a, b) => a.step - b.step);
  return { header, steps: inOrder, measured: measuredOf(events.filter(isMeasured)) };
}

function isStep(event: EventOf<'trainDictionaries'>): event is DictionaryStepRow {
  return event.kind === 'step';
}

function isMeasured(event: EventOf<'trainDictionaries'>): event is DictionaryMeasuredRow {
  return event.kind === 'measured';
}

function measuredOf(rows: readonly DictionaryMeasuredRow[]): TrainRows['measured'] {
  const byName = new Map<string, Map<number, DictionaryMeasuredRow>>();
  for (const row of rows) {
    const own = byName.get(row.name) ?? new Map<number, DictionaryMeasuredRow>();
    byName.set(row.name, own.set(row.step, row));
  }
  const inOrder = (own: ReadonlyMap<number, DictionaryMeasuredRow>) =>
    [...own.values()].sort((a, b) => a.step - b.step);
  return new Map([...byName].map(([name, own]) => [name, inOrder(own)]));
}

/** The step that lines begin at: 0, or where a fork went on. */
export function firstStep({ steps, header }: TrainRows): number {
  const first = steps[0]?.step ?? 0;
  return first <= 2 * header.reportEvery ? 0 : first;
}

/** What was measured last of a dictionary or control; null before. */
export function lastMeasured({ measured }: TrainRows, name: string): DictionaryMeasuredRow['measures'] | null {
  return measured.get(name)?.at(-1)?.measures ?? null;
}

/** `topK L1H0.z k6` stays as it is; of a control which one it is: `untrained`. */
export function entryTitle({ name, control }: TrainEntry, isAlone: boolean): string {
  if (control === null) return name;
  return isAlone ? control.id : `${control.id} of ${control.of}`;
}
