import { expect, it } from 'vitest';
import { arcsOf } from '../../../renderer/marks/attentionArcs.tsx';
import { wallBox, wallHeadAt, wallLayout } from '../../../renderer/marks/attentionWall/wallLayout.ts';
import { gammaTable, wallPixels } from '../../../renderer/marks/attentionWall/wallPixels.ts';
import { colourTable } from '../../../renderer/marks/colour.ts';

const shape = { layers: 3, heads: 2, kvHeads: 2 };
const layout = wallLayout(shape, { width: 90, height: 60 });
const table = colourTable(['#000000', '#ffffff']);

it('finds each thumbnail at its place', () => {
  for (let index = 0; index < 6; index++) {
    const { x, y, width } = wallBox(layout, index);
    expect(wallHeadAt(layout, x + width / 2, y + width / 2)).toBe(index);
  }
  expect(wallHeadAt(layout, 5, 5)).toBeNull();
});

it('keeps a lone spike however small the thumbnail, and leaves out what is not there', () => {
  const cells = 64;
  const data = new Uint8Array(6 * cells * cells);
  data[cells * 40 + 3] = 255;
  const atlas = { cells, data, ready: Uint8Array.of(1, 0, 0, 0, 0, 0), version: 0 };
  const picture = wallPixels(layout, atlas, table, 1, 1);
  const alpha = picture.data.filter((_, i) => i % 4 === 3);
  const side = layout.pitch - layout.gap;
  expect(alpha.filter((value) => value === 255)).toHaveLength(side * side);
  expect(picture.data.filter((value, i) => i % 4 === 0 && value === 255)).toHaveLength(1);
});

it('lifts weak values by gamma and keeps the ends', () => {
  expect(Array.from(gammaTable(0.5).filter((_, i) => [0, 64, 255].includes(i)))).toEqual([0, 128, 255]);
});

it('draws strong arcs over weak ones and drops the weakest', () => {
  const arcs = arcsOf(Float32Array.of(1, 0, 0.3, 0.7), 2, 0.5);
  expect(arcs.map(({ q, k }) => [q, k])).toEqual([
    [1, 1],
    [0, 0],
  ]);
});
