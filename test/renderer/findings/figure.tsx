/** Drawings of the workbench side by side, as one SVG that follows the reader's light or dark theme. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

export const panel = { width: 400, height: 260 } as const;
const margin = 16;

/** Rows of panels; all have the size of `panel` at most. */
export function figure(rows: readonly (readonly ReactElement[])[]): string {
  const columns = Math.max(...rows.map(({ length }) => length));
  const [width, height] = [columns * (panel.width + margin) + margin, rows.length * (panel.height + margin) + margin];
  return `${renderToStaticMarkup(
    <svg xmlns="http://www.w3.org/2000/svg" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      <style>{styles()}</style>
      <rect width="100%" height="100%" fill="var(--pane)" />
      {rows.map((row, y) =>
        row.map((drawing, x) => (
          <g key={`${x} ${y}`} transform={`translate(${at(x, panel.width)},${at(y, panel.height)})`}>
            {drawing}
          </g>
        )),
      )}
    </svg>,
  )}\n`;
}

function at(index: number, size: number): number {
  return margin + index * (size + margin);
}

/** The tokens that drawings use, and the text styles of marks. */
function styles(): string {
  const css = readFileSync(join(import.meta.dirname, '../../../renderer/theme/tokens.css'), 'utf8');
  return [
    `:root{${tokensOf(css, 'light')}}`,
    `@media (prefers-color-scheme:dark){:root{${tokensOf(css, 'dark')}}}`,
    'text{font:10px system-ui,sans-serif;font-variant-numeric:tabular-nums}',
    '.mark-title{font-size:11px;font-weight:600}',
    '.mark-code{font:11px ui-monospace,monospace}',
  ].join('');
}

function tokensOf(css: string, theme: 'light' | 'dark'): string {
  const block = new RegExp(`\\[data-theme='${theme}'\\]\\s*\\{([^}]*)\\}`).exec(css)?.[1];
  if (block === undefined) throw new Error(`tokens.css has no block of the ${theme} theme`);
  const used =
    /--(?:pane|ink(?:-[23])?|line(?:-strong)?|mark(?:-soft)?|accent|series-[1-6]|(?:plus|minus)-[123]|zero):[^;]+;/g;
  return (block.match(used) ?? []).join('').replaceAll(/\s+/g, '');
}
