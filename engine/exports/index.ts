/** The formats in which results leave the app: one file and one line here each. Imports results only. */
import { csv } from './csv.ts';
import type { ExportFormat } from './exportFormat.ts';
import { heads } from './heads.ts';

export const exportFormats: readonly ExportFormat[] = [heads, csv];
