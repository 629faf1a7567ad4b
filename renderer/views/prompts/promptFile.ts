/** Rows of a prompt file as text: JSON Lines, blank lines left out. The engine checks what they say. */

export type PromptRow = Readonly<Record<string, unknown>>;

/** Lines that hold a row, in order. */
export function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

export function rowAt(text: string, at: number): PromptRow | null {
  const line = linesOf(text)[at];
  if (line === undefined) return null;
  const row: unknown = JSON.parse(line);
  return typeof row === 'object' && row !== null && !Array.isArray(row) ? (row as PromptRow) : null;
}

/** The row that an error of the engine names by its line (`own.jsonl, line 3, key answer`), or null. */
export function rowOfLine(text: string, where: string): number | null {
  const [, line] = /, line (\d+)/.exec(where) ?? [];
  if (line === undefined) return null;
  return linesOf(text.split('\n').slice(0, Number(line)).join('\n')).length - 1;
}

/** `at` null: at the end. */
export function withRow(text: string, row: PromptRow, at: number | null): string {
  const lines = linesOf(text);
  return joined(at === null ? [...lines, JSON.stringify(row)] : lines.with(at, JSON.stringify(row)));
}

export function withoutRow(text: string, at: number): string {
  return joined(linesOf(text).toSpliced(at, 1));
}

export function withRowTwice(text: string, at: number): string {
  const lines = linesOf(text);
  return joined(lines.toSpliced(at + 1, 0, lines[at] ?? ''));
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
