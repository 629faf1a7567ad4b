/** Pictures to keep: PNG of what is on a canvas, SVG that stands alone, PNG of an SVG. */
import type { Size } from './picture.ts';

/** Draws at `scale` device pixels for each CSS pixel. */
export function drawnPng(
  { width, height }: Size,
  scale: number,
  draw: (context: CanvasRenderingContext2D) => void,
): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = context2d(canvas);
  context.scale(scale, scale);
  draw(context);
  return pngOf(canvas);
}

function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error(`no picture of ${canvas.width} x ${canvas.height} pixels could be made`));
      else resolve(blob);
    }, 'image/png');
  });
}

export function context2d(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('the browser gives no 2D canvas: it is out of memory for pictures');
  return context;
}

const keptStyles = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'paint-order',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-variant-numeric',
  'text-anchor',
  'dominant-baseline',
];

/**
 * An SVG element as a document of its own: colours and fonts that it gets from the page are written into it. What lies below its
 * lower edge (`data-below`: how high that is, in CSS pixels) is in the picture alone.
 */
export function svgText(element: SVGSVGElement): string {
  const copy = element.cloneNode(true) as SVGSVGElement;
  const originals = [element, ...element.querySelectorAll('*')];
  for (const [i, node] of [copy, ...copy.querySelectorAll('*')].entries()) writeStyles(originals[i], node);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('height', String(heightOf(element)));
  return new XMLSerializer().serializeToString(copy);
}

function heightOf(element: SVGSVGElement): number {
  const below = element.querySelector<SVGElement>('[data-below]')?.dataset['below'] ?? '0';
  return element.getBoundingClientRect().height + Number(below);
}

function writeStyles(original: Element | undefined, copy: Element): void {
  if (original === undefined) return;
  const style = getComputedStyle(original);
  copy.removeAttribute('class');
  copy.removeAttribute('style');
  for (const name of keptStyles) {
    const value = style.getPropertyValue(name);
    if (value !== '') copy.setAttribute(name, value);
  }
}

/** `background` lies below: the theme's pane. */
export async function svgPng(element: SVGSVGElement, scale: number, background: string): Promise<Blob> {
  const { width } = element.getBoundingClientRect();
  const height = heightOf(element);
  const url = URL.createObjectURL(new Blob([svgText(element)], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    return await drawnPng({ width, height }, scale, (context) => {
      context.fillStyle = background;
      context.fillRect(0, 0, width, height);
      context.drawImage(image, 0, 0, width, height);
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
