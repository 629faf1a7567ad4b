/** The formats in which results leave the app: one file and one line here each. Imports results only. */
import { attributionCsv } from './attributionCsv.ts';
import { csv } from './csv.ts';
import type { ExportFormat } from './exportFormat.ts';
import { heads } from './heads.ts';
import { patchGridCsv } from './patchGridCsv.ts';
import { scoresCsv } from './scoresCsv.ts';
import { setsCsv } from './setsCsv.ts';

export const exportFormats: readonly ExportFormat[] = [heads, csv];

/** Tables of the calls that give rows. */
export const tables = {
  ablate: csv.write,
  ablateSets: setsCsv,
  attribute: attributionCsv,
  patchGrid: patchGridCsv,
  scores: scoresCsv,
} as const;
