import { expect, it } from 'vitest';
import {
  formatCell,
  formatChange,
  formatDuration,
  formatFixed,
  formatHalfWidth,
  formatNumber,
  formatRate,
  tickDecimals,
} from '../../../renderer/marks/format.ts';

it('writes a true minus sign, and none before a zero', () => {
  expect(formatFixed(-1.3, 2)).toBe('\u22121.30');
  expect(formatFixed(-0.001, 2)).toBe('0.00');
  expect(formatFixed(NaN, 2)).toBe('\u2013');
  expect(formatFixed(-Infinity, 2)).toBe('\u2212\u221e');
});

it('gives changes a sign', () => {
  expect(formatChange(0.018, 3)).toBe('+0.018');
  expect(formatChange(-0.083, 3)).toBe('\u22120.083');
  expect(formatChange(0.0001, 2)).toBe('0.00');
});

it('keeps three significant digits', () => {
  expect([0.01234, 0.1234, 1.234, 12.34, 123.4].map(formatNumber)).toEqual(['0.0123', '0.123', '1.23', '12.3', '123']);
  expect(formatNumber(4096)).toBe('4,096');
  expect(formatNumber(-2e-5)).toBe('\u22122.0e\u22125');
  expect(formatNumber(3.5e7)).toBe('3.5e7');
});

it('fits numbers into cells', () => {
  expect(formatCell(-2.84, true)).toBe('\u22122.8');
  expect(formatCell(12.3, true)).toBe('+12');
  expect(formatCell(0.713, false)).toBe('.71');
  expect(formatCell(1, false)).toBe('1.0');
});

it('writes ticks, half widths, rates and durations', () => {
  expect([0.5, 0.02, 1, 20].map(tickDecimals)).toEqual([1, 2, 0, 0]);
  expect(formatHalfWidth(0.3412, 2)).toBe('\u00b10.34');
  expect(formatRate(4.4, 'heads')).toBe('4.4 heads/s');
  expect([20, 600, 7800].map(formatDuration)).toEqual(['20 s', '10 min', '2 h 10 min']);
});
