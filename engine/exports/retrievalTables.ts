/** A detection of retrieval heads as tables of heads: the copy counts, and a table for each other score. Imports results only. */
import type { HeadTable } from '../results/importedScores.ts';
import { headTable } from './headTable.ts';
import type { LocosFile } from './locos.ts';
import type { RetrievalRecord } from './retrievalEnvelope.ts';
import { retrievalEnvelope } from './retrievalEnvelope.ts';

/** `copy`, the legacy counts; `capped`; and the others by their ids. Heads without a run that counts are unknown. */
export function retrievalTables(record: RetrievalRecord): HeadTable[] {
  const envelope = retrievalEnvelope(record, 'copy');
  const capped = { ...envelope, scores: envelope.capped ?? [], intervals: undefined };
  return [
    tableOf(envelope, 'copy', 'Retrieval score (copies of the needle)'),
    tableOf(capped, 'capped', 'Retrieval score, each token of the needle counted once'),
    ...record.header.scores.map(({ id, title }) => tableOf(retrievalEnvelope(record, id), id, title)),
  ];
}

type Envelope = Pick<LocosFile, 'perLayer' | 'scores' | 'trialIds'> & {
  readonly intervals?: LocosFile['intervals'] | undefined;
};

function tableOf({ perLayer, scores, trialIds, intervals }: Envelope, id: string, title: string): HeadTable {
  return headTable({
    ...{ id, title, perLayer },
    kind: 'behaviour',
    unit: 'head',
    direction: 'higher_keeps',
    values: Float32Array.from(scores, (list) => list.reduce((sum, value) => sum + value, 0) / list.length),
    intervals: intervals === undefined ? null : Float32Array.from(intervals.flat()),
    runs: { values: scores, names: trialIds },
  });
}
