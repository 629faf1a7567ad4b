/** Where a key leads in a grid whose cells are numbered row by row; null where it leads nowhere. */
export function moveInGrid(rows: number, columns: number, from: number, key: string): number | null {
  const [row, column] = [Math.floor(from / columns), from % columns];
  const to: Readonly<Record<string, readonly [row: number, column: number]>> = {
    ArrowLeft: [row, Math.max(0, column - 1)],
    ArrowRight: [row, Math.min(columns - 1, column + 1)],
    ArrowUp: [Math.max(0, row - 1), column],
    ArrowDown: [Math.min(rows - 1, row + 1), column],
    Home: [row, 0],
    End: [row, columns - 1],
    PageUp: [0, column],
    PageDown: [rows - 1, column],
  };
  const next = to[key];
  return next === undefined ? null : next[0] * columns + next[1];
}
