import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { colourTable, inkOn, luminance, shareOf } from '../../../renderer/marks/colour.ts';
import { readTheme } from '../../../renderer/marks/theme.ts';

const css = readFileSync('renderer/theme/tokens.css', 'utf8');

/** Custom properties of a theme; the dark one falls back on what it does not set. */
function themeOf(name: 'light' | 'dark') {
  const [light = '', dark = ''] = css.split("[data-theme='dark']");
  const found = (text: string, token: string) => new RegExp(`${token}:\\s*([^;]+);`).exec(text)?.[1]?.trim();
  return readTheme((token) => (name === 'dark' ? found(dark, token) : undefined) ?? found(light, token) ?? '');
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

describe('values on a scale', () => {
  it('are clamped, and unknown stays unknown', () => {
    expect([-1, 0, 0.25, 2].map((value) => shareOf({ kind: 'sequential', low: 0, high: 1 }, value))).toEqual([
      0, 0, 0.25, 1,
    ]);
    expect([-9, -1, 0, 1].map((value) => shareOf({ kind: 'signed', limit: 2 }, value))).toEqual([0, 0.25, 0.5, 0.75]);
    expect(shareOf({ kind: 'signed', limit: 2 }, NaN)).toBeNaN();
    expect(shareOf({ kind: 'signed', limit: 0 }, 0)).toBe(0.5);
  });
});

describe.each(['light', 'dark'] as const)('the %s theme', (name) => {
  const theme = themeOf(name);

  it('has a sequential map whose lightness goes one way', () => {
    const steps = theme.sequential.css.map(luminance);
    const way = name === 'light' ? -1 : 1;
    for (const [i, step] of steps.entries())
      if (i > 0) expect((step - (steps[i - 1] ?? 0)) * way).toBeGreaterThanOrEqual(-1e-3);
  });

  it('has a signed map that goes away from zero on both sides alike', () => {
    const far = [0, 255].map((i) => contrast(theme.signed.css[i] ?? '', theme.signed.css[128] ?? ''));
    expect(Math.min(...far)).toBeGreaterThan(3);
    expect(Math.abs(Math.log((far[0] ?? 1) / (far[1] ?? 1)))).toBeLessThan(0.5);
  });

  it('writes text at 4.5:1 and draws marks at 3:1', () => {
    for (const ink of [theme.ink, theme.ink2, theme.ink3]) expect(contrast(ink, theme.pane)).toBeGreaterThan(4.5);
    for (const mark of [theme.mark, theme.accent]) expect(contrast(mark, theme.pane)).toBeGreaterThan(3);
    for (const colour of [...theme.sequential.css, ...theme.signed.css])
      expect(contrast(inkOn(colour), colour)).toBeGreaterThan(4.5);
  });
});

it('a colour table runs from its first stop to its last', () => {
  const table = colourTable(['#000000', '#ffffff']);
  expect([table.css[0], table.css[255]]).toEqual(['#000000', '#ffffff']);
  expect(Array.from(table.rgba.subarray(255 * 4))).toEqual([255, 255, 255, 255]);
});
