/** A run's prompt as text with its parts marked. */
import type { NeedleRun, PreparedRun, Span } from './preparedRun.ts';

export interface PreviewPart {
  readonly text: string;
  readonly part: 'text' | 'needle' | 'answer' | 'question';
}

/** In order, none empty. Ids are decoded together, so that no character is cut. */
export function previewRun(
  { ids, span, ...run }: PreparedRun & Partial<Pick<NeedleRun, 'sentence' | 'question'>>,
  decode: (ids: readonly number[]) => string,
): readonly PreviewPart[] {
  const marks: readonly (readonly [Span, PreviewPart['part']])[] = [
    [span, 'answer'],
    [run.sentence ?? span, 'needle'],
    [run.question ?? [0, 0], 'question'],
  ];
  const partAt = (i: number) => marks.find(([[from, to]]) => i >= from && i < to)?.[1] ?? 'text';
  const starts = ids.flatMap((_, i) => (i === 0 || partAt(i) !== partAt(i - 1) ? [i] : []));
  return starts
    .map((from, i) => ({ text: decode(ids.slice(from, starts[i + 1] ?? ids.length)), part: partAt(from) }))
    .filter(({ text }) => text !== '');
}
