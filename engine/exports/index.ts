/** The formats in which numbers about heads leave the app and come in: one file and one line here each. Imports results only. */
import { ablationCsv } from './ablationCsv.ts';
import { attributionCsv } from './attributionCsv.ts';
import { csv } from './csv.ts';
import { directLogitsCsv } from './directLogitsCsv.ts';
import { duoAttention } from './duoAttention.ts';
import { duoCsv } from './duoCsv.ts';
import { duoQualityCsv } from './duoQualityCsv.ts';
import type { ExportFormat } from './exportFormat.ts';
import { headMask } from './headMask.ts';
import { headVis } from './headVis.ts';
import { heads } from './heads.ts';
import { hfHeads } from './hfHeads.ts';
import { locos } from './locos.ts';
import { maskCurveCsv } from './maskCurveCsv.ts';
import { minference } from './minference.ts';
import { moa } from './moa.ts';
import { parquet } from './parquet.ts';
import { patchGridCsv } from './patchGridCsv.ts';
import { pruneCurveCsv } from './pruneCurveCsv.ts';
import { qrHead } from './qrHead.ts';
import { qrHeadSet } from './qrHeadSet.ts';
import { razor } from './razor.ts';
import { scoresCsv } from './scoresCsv.ts';
import { setsCsv } from './setsCsv.ts';
import { weightScoresCsv } from './weightScoresCsv.ts';
import { wu } from './wu.ts';

export const exportFormats: readonly ExportFormat[] = [
  heads,
  csv,
  parquet,
  wu,
  locos,
  qrHead,
  qrHeadSet,
  hfHeads,
  headMask,
  duoAttention,
  razor,
  minference,
  moa,
  headVis,
];

/** Tables of the calls that give rows. */
export const tables = {
  ablate: ablationCsv,
  ablateSets: setsCsv,
  attribute: attributionCsv,
  directLogits: directLogitsCsv,
  duo: duoCsv,
  duoQuality: duoQualityCsv,
  maskCurve: maskCurveCsv,
  patchGrid: patchGridCsv,
  pruneCurve: pruneCurveCsv,
  scores: scoresCsv,
  weightScores: weightScoresCsv,
} as const;
