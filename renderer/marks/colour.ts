/**
 * Values to colours. Two maps only, both safe without red-green vision: sequential (lightness steadily away from the
 * pane) and signed (blue through the zero colour to orange). Their stops are the theme's tokens; in between colours are
 * mixed in Lab, so equal steps look equal. Unknown (NaN) has no colour: marks hatch it.
 */
import { interpolateLab, piecewise, rgb } from 'd3';

export type ColourScale =
  | { readonly kind: 'sequential'; readonly low: number; readonly high: number }
  /** From -limit to +limit. */
  | { readonly kind: 'signed'; readonly limit: number };

/** The stops of both maps, in order, as CSS colours. */
export interface Ramps {
  readonly sequential: readonly string[];
  readonly signed: readonly string[];
}

/** Colours of a map at 256 steps. */
export interface ColourTable {
  /** CSS colours. */
  readonly css: readonly string[];
  /** [256 * 4] bytes, opaque. */
  readonly rgba: Uint8ClampedArray;
}

export function colourTable(stops: readonly string[]): ColourTable {
  const mix = piecewise(interpolateLab, [...stops]);
  const css = Array.from({ length: 256 }, (_, i) => rgb(mix(i / 255)).formatHex());
  const bytes = css.flatMap((colour) => {
    const { r, g, b } = rgb(colour);
    return [r, g, b, 255];
  });
  return { css, rgba: Uint8ClampedArray.from(bytes) };
}

export function tableOf(
  scale: ColourScale,
  { sequential, signed }: { sequential: ColourTable; signed: ColourTable },
): ColourTable {
  return scale.kind === 'sequential' ? sequential : signed;
}

/** Where a value stands on its scale, 0 to 1, clamped; NaN for NaN. */
export function shareOf(scale: ColourScale, value: number): number {
  const [low, high] = domainOf(scale);
  if (high === low) return scale.kind === 'signed' ? 0.5 : 0;
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

export function domainOf(scale: ColourScale): readonly [low: number, high: number] {
  return scale.kind === 'sequential' ? [scale.low, scale.high] : [-scale.limit, scale.limit];
}

/** Black or white, whichever stands out more on this colour: at least 4.5:1 on any. */
export function inkOn(colour: string): '#ffffff' | '#000000' {
  // Contrast of WCAG 2 is (L1 + 0.05) / (L2 + 0.05); both are equal where (L + 0.05)² = 1.05 * 0.05.
  return luminance(colour) > Math.sqrt(1.05 * 0.05) - 0.05 ? '#000000' : '#ffffff';
}

/** Relative luminance of WCAG 2: 0.2126 R + 0.7152 G + 0.0722 B of linear light. */
export function luminance(colour: string): number {
  const { r, g, b } = rgb(colour);
  const linear = (c: number) => (c <= 0.04045 * 255 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}
