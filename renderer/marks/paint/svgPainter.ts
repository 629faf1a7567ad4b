import type { Painter, Style, TextStyle } from './painter.ts';
import { baselineShift, hatchLines } from './painter.ts';

export interface SvgPainter extends Painter {
  /** The whole document. */
  readonly toText: () => string;
}

/** Writes what is drawn as an SVG document of this size, in pixels. */
export function svgPainter(width: number, height: number): SvgPainter {
  const parts: string[] = [];
  let clips = 0;
  return {
    rect: (box, style, radius = 0) => {
      const { x, y, width: w, height: h } = box;
      const round = radius > 0 ? ` rx="${radius}"` : '';
      parts.push(
        `<rect x="${num(x)}" y="${num(y)}" width="${num(w)}" height="${num(h)}"${round}${attributes(style)}/>`,
      );
    },
    circle: (x, y, radius, style) => {
      parts.push(`<circle cx="${num(x)}" cy="${num(y)}" r="${num(radius)}"${attributes(style)}/>`);
    },
    line: (points, style, closed = false) => {
      const d = `M${points.map(([x, y]) => `${num(x)},${num(y)}`).join('L')}${closed ? 'Z' : ''}`;
      parts.push(`<path d="${d}"${attributes(style)}/>`);
    },
    text: (content, x, y, style) => parts.push(textElement(content, x, y, style)),
    hatch: (box, colour) => {
      const d = hatchLines(box).map(([[x1, y1], [x2, y2]]) => `M${num(x1)},${num(y1)}L${num(x2)},${num(y2)}`);
      parts.push(`<path d="${d.join('')}"${attributes({ stroke: colour })}/>`);
    },
    image: (source, from, to) => {
      const view = `viewBox="${from.x} ${from.y} ${from.width} ${from.height}" preserveAspectRatio="none"`;
      const place = `x="${num(to.x)}" y="${num(to.y)}" width="${num(to.width)}" height="${num(to.height)}"`;
      const size = `width="${source.width}" height="${source.height}" style="image-rendering:pixelated"`;
      parts.push(`<svg ${place} ${view}><image ${size} href="${source.toDataURL()}"/></svg>`);
    },
    clip: ({ x, y, width: w, height: h }, draw) => {
      const id = `clip${clips++}`;
      parts.push(
        `<clipPath id="${id}"><rect x="${num(x)}" y="${num(y)}" width="${num(w)}" height="${num(h)}"/></clipPath>`,
      );
      parts.push(`<g clip-path="url(#${id})">`);
      draw();
      parts.push('</g>');
    },
    toText: () => {
      const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
      return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${parts.join('\n')}\n</svg>\n`;
    },
  };
}

function attributes({ fill, stroke, width = 1, dash, alpha }: Style): string {
  const written = [` fill="${escapeXml(fill ?? 'none')}"`];
  if (stroke !== undefined) written.push(` stroke="${escapeXml(stroke)}" stroke-width="${width}"`);
  if (dash !== undefined) written.push(` stroke-dasharray="${dash.join(' ')}"`);
  if (alpha !== undefined) written.push(` opacity="${alpha}"`);
  return written.join('');
}

function textElement(content: string, x: number, y: number, style: TextStyle): string {
  const { fill, size, family, weight = 400, anchor = 'start', angle = 0, halo } = style;
  const turn = angle === 0 ? '' : ` transform="rotate(${angle} ${num(x)} ${num(y)})"`;
  const font = `font-family="${escapeXml(family)}" font-size="${size}" font-weight="${weight}"`;
  const around = halo === undefined ? '' : ` stroke="${escapeXml(halo)}" stroke-width="3" paint-order="stroke"`;
  const place = `x="${num(x)}" y="${num(y + size * baselineShift)}" text-anchor="${anchor}"${turn}`;
  return `<text ${place} ${font} fill="${escapeXml(fill)}"${around} xml:space="preserve">${escapeXml(content)}</text>`;
}

/** Two decimals are a fiftieth of what anyone sees. */
function num(value: number): string {
  return String(Math.round(value * 100) / 100);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML 1.0 forbids, which a token may hold, become the replacement character. */
function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (mark) => entities[mark] ?? mark)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}
