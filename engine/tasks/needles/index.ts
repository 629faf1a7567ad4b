/** Needles in haystacks, built in token space. */
export type { BuildNeedlesRequest, BuiltNeedles, LeftRun, NeedleGrid } from './buildNeedles.ts';
export { buildNeedles } from './buildNeedles.ts';
export type { HaystackSource } from './haystack.ts';
export { haystackCharacters } from './haystack.ts';
export type { Needle } from './needles.ts';
export { needles } from './needles.ts';
export type { NeedleRun, PreparedRun, Span } from './preparedRun.ts';
export type { NeedlePrompt, NeedleTemplate } from './promptFrame.ts';
export { answerF1, rougeRecall } from './answerMatch.ts';
export { needleFile } from './needleFile.ts';
export { preparedRows } from './preparedRows.ts';
export { previewRun } from './previewRun.ts';
export { inRounds } from './runOrder.ts';
