import type { Painter, Style, TextStyle } from './painter.ts';
import { baselineShift, hatchLines } from './painter.ts';

/** Draws on a canvas whose context is already scaled to CSS pixels. */
export function canvasPainter(context: CanvasRenderingContext2D): Painter {
  const shape = (style: Style) => paintPath(context, style);
  return {
    rect: ({ x, y, width, height }, style, radius = 0) => {
      context.beginPath();
      if (radius > 0) context.roundRect(x, y, width, height, radius);
      else context.rect(x, y, width, height);
      shape(style);
    },
    circle: (x, y, radius, style) => {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      shape(style);
    },
    line: (points, style, closed = false) => {
      context.beginPath();
      for (const [x, y] of points) context.lineTo(x, y);
      if (closed) context.closePath();
      shape(style);
    },
    text: (content, x, y, style) => paintText(context, content, x, y, style),
    hatch: (box, colour) => {
      context.beginPath();
      for (const [[x1, y1], [x2, y2]] of hatchLines(box)) {
        context.moveTo(x1, y1);
        context.lineTo(x2, y2);
      }
      shape({ stroke: colour });
    },
    image: (source, from, to) => {
      context.imageSmoothingEnabled = false;
      context.drawImage(source, from.x, from.y, from.width, from.height, to.x, to.y, to.width, to.height);
    },
    clip: ({ x, y, width, height }, draw) => {
      context.save();
      context.beginPath();
      context.rect(x, y, width, height);
      context.clip();
      draw();
      context.restore();
    },
  };
}

function paintPath(context: CanvasRenderingContext2D, { fill, stroke, width = 1, dash = [], alpha = 1 }: Style): void {
  context.globalAlpha = alpha;
  if (fill !== undefined) {
    context.fillStyle = fill;
    context.fill();
  }
  if (stroke !== undefined) {
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.setLineDash([...dash]);
    context.stroke();
  }
  context.globalAlpha = 1;
}

function paintText(context: CanvasRenderingContext2D, content: string, x: number, y: number, style: TextStyle): void {
  const { fill, size, family, weight = 400, anchor = 'start', angle = 0, halo } = style;
  context.save();
  context.translate(x, y);
  context.rotate((angle * Math.PI) / 180);
  context.font = `${weight} ${size}px ${family}`;
  // The code face would draw `<|` and `->` as one sign; tokens are shown letter by letter.
  context.letterSpacing = '0.01px';
  context.textAlign = anchor === 'middle' ? 'center' : anchor;
  if (halo !== undefined) {
    context.strokeStyle = halo;
    context.lineWidth = 3;
    context.lineJoin = 'round';
    context.strokeText(content, 0, size * baselineShift);
  }
  context.fillStyle = fill;
  context.fillText(content, 0, size * baselineShift);
  context.restore();
}
