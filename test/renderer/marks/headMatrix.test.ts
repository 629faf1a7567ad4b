import { describe, expect, it } from 'vitest';
import { describeCell } from '../../../renderer/marks/headMatrix/describeCell.ts';
import {
  drawMatrix,
  drawSelection,
  headSums,
  layerSums,
  ranksBySize,
} from '../../../renderer/marks/headMatrix/drawMatrix.ts';
import {
  cellAt,
  cellBox,
  cellsBetween,
  matrixLayout,
  moveInMatrix,
} from '../../../renderer/marks/headMatrix/matrixLayout.ts';
import type { HeadShape } from '../../../renderer/marks/headShape.ts';
import { cellCount, cellName, cellOf, hasHead, indexOf } from '../../../renderer/marks/headShape.ts';
import { svgPainter } from '../../../renderer/marks/paint/svgPainter.ts';
import { readTheme } from '../../../renderer/marks/theme.ts';

const theme = readTheme((name) =>
  name.startsWith('--font') ? 'sans-serif' : name === '--unknown-line' ? '#123456' : '#808080',
);
const both = { mlp: true, layer: true };
const none = { mlp: false, layer: false };
const pruned: HeadShape = { layers: 3, heads: 4, kvHeads: 4, headsOf: [4, 1, 3] };

const shapes: readonly (readonly [name: string, shape: HeadShape, width: number, height: number])[] = [
  ['30 x 9 in 3 groups', { layers: 30, heads: 9, kvHeads: 3 }, 985, 310],
  ['32 x 32 in 8 groups', { layers: 32, heads: 32, kvHeads: 8 }, 640, 400],
  ['80 x 64 in 8 groups', { layers: 80, heads: 64, kvHeads: 8 }, 640, 400],
  ['heads that differ by layer', pruned, 400, 200],
];

describe.each(shapes)('layout of %s', (_, shape, width, height) => {
  const layout = matrixLayout(shape, { width, height }, both);

  it('finds each cell again at its own middle', () => {
    for (let index = 0; index < cellCount(shape); index++) {
      const cell = cellOf(shape, index);
      if (cell.kind === 'head' && !hasHead(shape, cell.layer, cell.head)) continue;
      const { x, y, width: w, height: h } = cellBox(layout, index);
      expect(cellAt(layout, x + w / 2, y + h / 2)).toBe(index);
    }
  });

  it('stays inside its size, with cells of at least 2 x 2 pixels', () => {
    const last = cellBox(layout, cellCount(shape) - 1);
    expect(last.x + last.width + layout.barWidth).toBeLessThanOrEqual(width);
    expect(last.y + last.height).toBeLessThanOrEqual(height - 14);
    expect(Math.min(last.width, last.height)).toBeGreaterThanOrEqual(2);
  });

  it('has nothing beside the matrix', () => {
    expect(cellAt(layout, 1, 1)).toBeNull();
    expect(cellAt(layout, width + 1, height / 2)).toBeNull();
  });
});

describe('groups', () => {
  it('are set apart and named; heads with keys of their own are not', () => {
    const grouped = matrixLayout({ layers: 4, heads: 6, kvHeads: 2 }, { width: 400, height: 300 }, none);
    const y = grouped.rows.map((row) => row.y);
    expect(grouped.groups.map(({ name }) => name)).toEqual(['KV 0', 'KV 1']);
    expect((y[3] ?? 0) - (y[2] ?? 0)).toBeGreaterThan((y[2] ?? 0) - (y[1] ?? 0));
    expect(matrixLayout({ layers: 4, heads: 6, kvHeads: 6 }, { width: 400, height: 300 }, none).groups).toEqual([]);
  });
});

describe('keys', () => {
  const layout = matrixLayout(pruned, { width: 400, height: 300 }, both);
  const from = (name: string) => {
    const index = Array.from({ length: cellCount(pruned) }, (_, i) => i).find((i) => cellName(pruned, i) === name);
    if (index === undefined) throw new Error(name);
    return index;
  };
  const move = (name: string, key: string) => {
    const to = moveInMatrix(layout, from(name), key);
    return to === null ? null : cellName(pruned, to);
  };

  it.each([
    ['L0H3', 'ArrowRight', 'L1MLP'],
    ['L0H0', 'ArrowRight', 'L1H0'],
    ['L0H0', 'ArrowLeft', 'L0H0'],
    ['L1H0', 'ArrowDown', 'L1MLP'],
    ['L1MLP', 'ArrowUp', 'L1H0'],
    ['L1MLP', 'ArrowDown', 'L1'],
    ['L0H2', 'End', 'L2H2'],
    ['L2H2', 'Home', 'L0H2'],
    ['L0H1', 'PageDown', 'L2H1'],
    ['L2H1', 'PageUp', 'L0H1'],
    ['L2H1', 'x', null],
  ])('from %s %s leads to %s', (name, key, to) => {
    expect(move(name, key)).toBe(to);
  });

  it('spans a rectangle of what exists', () => {
    expect(cellsBetween(layout, from('L0H1'), from('L2H2')).map((i) => cellName(pruned, i))).toEqual([
      'L0H1',
      'L0H2',
      'L2H1',
      'L2H2',
    ]);
  });

  it('numbers cells both ways', () => {
    for (let index = 0; index < cellCount(pruned); index++) expect(indexOf(pruned, cellOf(pruned, index))).toBe(index);
  });
});

describe('drawing', () => {
  const shape: HeadShape = { layers: 2, heads: 2, kvHeads: 2 };
  const values = Float32Array.of(-2.84, 0.3, NaN, 0.1);
  const layout = matrixLayout(shape, { width: 300, height: 200 }, { mlp: true, layer: false });
  const draw = () => {
    const painter = svgPainter(300, 200);
    const data = {
      values,
      mlp: null,
      scale: { kind: 'signed', limit: 3 } as const,
      numbers: 2,
      significant: Uint8Array.of(1, 0, 0, 0),
    };
    drawMatrix(painter, layout, data, theme);
    drawSelection(painter, layout, { set: new Set([1]), primary: 0, pinned: null }, null, theme);
    return painter.toText();
  };

  it('prints the strongest values, hatches the unknown, marks what is significant', () => {
    const svg = draw();
    expect(svg).toContain('>\u22122.8<');
    expect(svg).toContain('>+0.3<');
    expect(svg).not.toContain('>+0.1<');
    expect(svg.match(/stroke="#123456"/g)).toHaveLength(1);
    expect(svg.match(/<circle/g)).toHaveLength(1);
    expect(svg).toContain('>MLP<');
  });

  it('sums sizes, and leaves the unknown out', () => {
    expect(layerSums(values, 2, 2).map((sum) => sum.toFixed(2))).toEqual(['3.14', '0.10']);
    expect(headSums(values, 2, 2).map((sum) => sum.toFixed(2))).toEqual(['2.84', '0.40']);
    expect(Array.from(ranksBySize(values))).toEqual([1, 2, 0, 3]);
  });

  it('says each cell in words', () => {
    const data = { shape, values, measure: 'induction', mlp: null };
    const ranks = ranksBySize(values);
    expect(describeCell(data, ranks, 1)).toBe('layer 0 head 1, induction 0.30, rank 2 of 3');
    expect(describeCell(data, ranks, 2)).toBe('layer 1 head 0, induction not yet known');
    expect(describeCell(data, ranks, 5)).toBe('layer 1 MLP');
    expect(describeCell({ ...data, layer: Float32Array.of(1, 2) }, ranks, 7)).toBe('whole layer 1, induction 2.00');
  });
});
