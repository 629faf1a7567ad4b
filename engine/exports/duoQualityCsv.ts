/** What streaming heads cost as a table for a spreadsheet: one row per choice of heads (RFC 4180, line feeds). Imports results only. */
import type { StreamedHeads } from '../results/duo.ts';
import { effectCells } from './csv.ts';

const measures = ['answer_log_probability', 'answer_correct', 'text_loss'];
const columns = [
  ...['ranking', 'draw', 'sparsity', 'streaming_kv_groups'],
  ...measures.flatMap((id) => [`${id}_mean`, `${id}_se`, `${id}_ci95_low`, `${id}_ci95_high`, `${id}_n`]),
];

/** In the order in which they were measured; the first is the model with full attention. */
export function duoQualityCsv({ rows }: { readonly rows: readonly StreamedHeads[] }): string {
  const lines = rows.map(({ ranking, draw, sparsity, streaming, answer, correct, loss }) => [
    ...[quoted(ranking ?? 'none'), draw ?? '', sparsity, streaming.length],
    ...[answer, correct, loss].flatMap((summary) => [...effectCells(summary), summary.n]),
  ]);
  return [columns, ...lines].map((cells) => `${cells.join(',')}\n`).join('');
}

/** Users name rankings; a leading sign would make a formula of it in a spreadsheet. */
function quoted(name: string): string {
  return `"${(/^[=+\-@\t\r]/.test(name) ? `'${name}` : name).replaceAll('"', '""')}"`;
}
