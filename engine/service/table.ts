/** Text tables and numbers for a terminal. */

export interface Column {
  readonly title: string;
  readonly align?: 'right';
}

/** Two spaces between columns, no trailing spaces, a line break at the end. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const titles = columns.map(({ title }) => title);
  const cells = [titles, ...rows].map((row) => columns.map((_, i) => printable(row[i] ?? '')));
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => width(row[i] ?? ''))));
  const line = (row: readonly string[]) =>
    columns
      .map(({ align }, i) => pad(row[i] ?? '', widths[i] ?? 0, align))
      .join('  ')
      .trimEnd();
  return cells.map((row) => `${line(row)}\n`).join('');
}

/** Pairs as two columns without titles. */
export function formatFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  const widest = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(widest)}  ${printable(value)}\n`).join('');
}

// Tokens and names come from untrusted files: nothing may move the cursor.
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** A token between quotes, so that its spaces can be seen. */
export function quoted(text: string): string {
  return `"${text}"`;
}

/** Three decimals, with its sign. */
export function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 2 : 1)} %`;
}

export function interval([low, high]: readonly [number, number]): string {
  return `[${signed(low)}, ${signed(high)}]`;
}

/** Decimal units, as disks and downloads count. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, value < 1000 ? 0 : Math.floor(Math.log10(value) / 3));
  return `${(value / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

function width(text: string): number {
  return [...text].length;
}

function pad(text: string, size: number, align: 'right' | undefined): string {
  const space = ' '.repeat(Math.max(0, size - width(text)));
  return align === 'right' ? space + text : text + space;
}
