import { describe, expect, it } from 'vitest';
import { moveInGrid } from '../../../renderer/marks/moveInGrid.ts';
import { gridBox, gridCellAt, gridLayout } from '../../../renderer/marks/valueGrid/gridLayout.ts';

const names = (count: number, name: (index: number) => string) => Array.from({ length: count }, (_, i) => name(i));
const rows = names(4, (i) => `L${i}`);

describe('a grid of values', () => {
  it('finds each cell in its own box, and none beside the grid', () => {
    const layout = gridLayout({ rows, columns: names(7, (i) => `${i}`) }, { width: 300, height: 200 }, false);
    for (let cell = 0; cell < 28; cell++) {
      const { x, y, width, height } = gridBox(layout, cell);
      expect(gridCellAt(layout, x + width / 2, y + height / 2)).toBe(cell);
    }
    expect(gridCellAt(layout, 1, 1)).toBeNull();
    expect(gridCellAt(layout, layout.left + 1, 199)).toBeNull();
  });

  it('lets names stand aslant where they are wider than their column', () => {
    const size = { width: 600, height: 200 };
    const long = gridLayout({ rows, columns: names(12, () => '·elephants') }, size, false);
    expect(long.isAslant).toBe(true);
    expect(gridLayout({ rows, columns: names(4, () => '·a') }, size, false).isAslant).toBe(false);
    const last = gridBox(long, 47);
    expect(last.x + last.width).toBeLessThan(size.width);
  });

  it('is square where asked', () => {
    const { cellWidth, cellHeight } = gridLayout({ rows, columns: rows }, { width: 900, height: 90 }, true);
    expect(cellWidth).toBe(cellHeight);
  });

  it('is walked by keys, and not left by them', () => {
    expect(moveInGrid(4, 7, 8, 'ArrowLeft')).toBe(7);
    expect(moveInGrid(4, 7, 7, 'ArrowLeft')).toBe(7);
    expect(moveInGrid(4, 7, 8, 'ArrowDown')).toBe(15);
    expect(moveInGrid(4, 7, 8, 'End')).toBe(13);
    expect(moveInGrid(4, 7, 8, 'PageDown')).toBe(22);
    expect(moveInGrid(4, 7, 8, 'x')).toBeNull();
  });
});
