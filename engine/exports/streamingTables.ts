/** How far KV heads look back, as tables of KV groups, and what RazorAttention keeps. Imports results only. */
import type { HeadTable } from '../results/importedScores.ts';
import type { Summary } from '../results/records.ts';
import type { StreamingGroup, StreamingHeader } from '../results/streamingHeads.ts';
import { headTable } from './headTable.ts';

export interface StreamingRecord {
  readonly header: StreamingHeader;
  /** In any order. */
  readonly groups: readonly StreamingGroup[];
  /** KV heads of each layer that keep their whole cache; null where the run did not come to its end. */
  readonly keep: readonly (readonly number[])[] | null;
}

export function streamingTables(record: StreamingRecord): HeadTable[] {
  const { header, groups, keep } = record;
  const perLayer = Array.from({ length: header.shape.layers }, () => header.shape.kvHeads);
  const row = ({ layer, kvGroup }: StreamingGroup) => layer * header.shape.kvHeads + kvGroup;
  const filled = (of: (group: StreamingGroup) => number) => {
    const values = new Float32Array(perLayer.length * header.shape.kvHeads).fill(NaN);
    for (const group of groups) values[row(group)] = of(group);
    return values;
  };
  const table = (id: string, title: string, of: (group: StreamingGroup) => number) =>
    headTable({ ...measured, ...{ id, title, perLayer }, values: filled(of) });
  return [
    table('echo', 'RazorAttention echo: attention to earlier places of the same token', ({ echo }) => mean(echo)),
    table('induction', 'RazorAttention induction: attention to what came after them', ({ induction }) =>
      mean(induction),
    ),
    ...(header.priorLength === null
      ? []
      : [table('prior', "kvpress' prior from positions", ({ prior }) => prior ?? NaN)]),
    ...(keep === null ? [] : [keptTable(keep, perLayer)]),
  ];
}

const measured = { kind: 'behaviour', unit: 'kv-group', direction: 'higher_keeps' } as const;

function mean(summary: Summary): number {
  return summary.mean;
}

function keptTable(keep: readonly (readonly number[])[], perLayer: readonly number[]): HeadTable {
  const values = Float32Array.from(
    perLayer.flatMap((groups, layer) =>
      Array.from({ length: groups }, (_, group) => (keep[layer]?.includes(group) === true ? 1 : 0)),
    ),
  );
  const title = 'RazorAttention: KV heads that keep their whole cache';
  return headTable({ ...measured, kind: 'selection', id: 'keep', title, perLayer, values });
}
