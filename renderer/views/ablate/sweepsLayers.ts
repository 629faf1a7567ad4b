/** Layers as people type them: `0-3, 8`. Null where the text is no such list or names a layer that the model lacks. */
export function readLayers(text: string, count: number): readonly number[] | null {
  const parts = text
    .split(/[,\s]+/)
    .filter((part) => part !== '')
    .map((part) => rangeOf(part, count));
  if (parts.length === 0 || parts.includes(null)) return null;
  return [...new Set(parts.flatMap((part) => part ?? []))].sort((a, b) => a - b);
}

function rangeOf(part: string, count: number): readonly number[] | null {
  const match = /^L?(\d{1,4})(?:[-–]L?(\d{1,4}))?$/i.exec(part);
  if (match === null) return null;
  const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
  if (from > to || to >= count) return null;
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
