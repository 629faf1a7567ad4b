/** What drawings are made of. One drawing, two carriers: a canvas for the screen, SVG text for export and tests. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Style {
  readonly fill?: string;
  readonly stroke?: string;
  /** Of the stroke, in pixels. Default 1. */
  readonly width?: number;
  readonly dash?: readonly number[];
  /** 0 to 1. */
  readonly alpha?: number;
}

export interface TextStyle {
  readonly fill: string;
  /** In pixels. */
  readonly size: number;
  readonly family: string;
  readonly weight?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** Clockwise in degrees, about (x, y). */
  readonly angle?: number;
  /** Drawn around the letters, to keep them apart from what lies below. */
  readonly halo?: string;
}

export type Point = readonly [x: number, y: number];

export interface Painter {
  /** `radius` rounds the corners. */
  readonly rect: (box: Box, style: Style, radius?: number) => void;
  readonly circle: (x: number, y: number, radius: number, style: Style) => void;
  readonly line: (points: readonly Point[], style: Style, closed?: boolean) => void;
  /** `y` is the middle of the letters. */
  readonly text: (content: string, x: number, y: number, style: TextStyle) => void;
  /** Diagonal lines, 4 px apart: unknown. */
  readonly hatch: (box: Box, colour: string) => void;
  /** A part of a picture, `from`, stretched to `to` without smoothing. */
  readonly image: (source: HTMLCanvasElement, from: Box, to: Box) => void;
  /** Everything that `draw` paints outside of the box is left out. */
  readonly clip: (box: Box, draw: () => void) => void;
}

/** From the middle of lower-case letters with ascenders to their baseline, in font sizes. */
export const baselineShift = 0.36;

/** Ends of the hatching's lines in a box. They run along x + y = 4 k, so neighbours join. */
export function hatchLines({ x, y, width, height }: Box): readonly (readonly [Point, Point])[] {
  const lines: [Point, Point][] = [];
  const [right, bottom] = [x + width, y + height];
  for (let sum = Math.ceil((x + y) / 4) * 4; sum < right + bottom; sum += 4) {
    const left = Math.max(x, sum - bottom);
    const end = Math.min(right, sum - y);
    if (end > left)
      lines.push([
        [left, sum - left],
        [end, sum - end],
      ]);
  }
  return lines;
}

/** About how wide a text is, without a page to measure it on. */
export function textWidth(content: string, size: number, family: 'text' | 'code' = 'text'): number {
  return content.length * size * (family === 'code' ? 0.6 : 0.57);
}
