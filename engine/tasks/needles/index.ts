/** Needles in haystacks, built in token space. */
export type { BuildNeedlesRequest, BuiltNeedles, LeftRun } from './buildNeedles.ts';
export { buildNeedles } from './buildNeedles.ts';
export type { HaystackSource } from './haystack.ts';
export { haystackCharacters } from './haystack.ts';
export type { Needle } from './needles.ts';
export { needles } from './needles.ts';
export type { NeedleRun, PreparedRun, Span } from './preparedRun.ts';
export type { NeedlePrompt, NeedleTemplate } from './promptFrame.ts';
