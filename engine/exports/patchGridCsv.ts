/** A patching grid as a table for a spreadsheet: one row per cell (RFC 4180, line feeds). Imports results only. */
import type { PatchedCell, PatchHeader } from '../results/patchGrid.ts';
import { effectCells } from './csv.ts';

const columns = [
  ...['target', 'direction', 'metric', 'layer', 'head', 'position'],
  ...['effect_mean', 'effect_se', 'effect_ci95_low', 'effect_ci95_high', 'n'],
  ...['recovery_mean', 'recovery_se', 'recovery_ci95_low', 'recovery_ci95_high', 'recovery_n'],
];

export interface PatchGridRecord {
  readonly header: PatchHeader;
  /** In any order. */
  readonly cells: readonly PatchedCell[];
}

/** Effect: patched minus unpatched. Recovery: as a share of source minus unpatched, empty where there is none. */
export function patchGridCsv({ header, cells }: PatchGridRecord): string {
  const ordered = [...cells].sort((a, b) => a.layer - b.layer || a.column - b.column);
  const rows = ordered.map((cell) => row(header, cell));
  return [columns, ...rows].map((line) => `${line.join(',')}\n`).join('');
}

// No cell can hold a comma or a quote: ids and numbers only.
function row({ target, direction, metricId, columns: places }: PatchHeader, cell: PatchedCell): (string | number)[] {
  const { layer, column, effect, recovery } = cell;
  const place = places[column] ?? column;
  const [site, head, position] =
    target.kind === 'heads'
      ? ['z', place, '']
      : target.kind === 'positions'
        ? [target.site, '', place]
        : ['z', target.head.head, place];
  const share = recovery === null ? ['', '', '', '', ''] : [...effectCells(recovery), recovery.n];
  return [site, direction, metricId, layer, head, position, ...effectCells(effect), effect.n, ...share];
}
