/** Gates of KV heads as a table for a spreadsheet: one row per KV head (RFC 4180, line feeds). Imports results only. */
import type { DuoRecord } from './duoRun.ts';
import { rounded } from './exportFormat.ts';

export function duoCsv({ header, gates }: Pick<DuoRecord, 'header' | 'gates'>): string {
  const { kvHeads } = header.shape;
  const rows = gates.map((gate, i) => [Math.floor(i / kvHeads), i % kvHeads, rounded(gate)].join(','));
  return ['layer,kv_group,gate', ...rows].map((line) => `${line}\n`).join('');
}
