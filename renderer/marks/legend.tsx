import type { ReactElement, Ref } from 'react';
import type { ColourScale } from './colour.ts';
import { domainOf, tableOf } from './colour.ts';
import { formatChange, formatNumber } from './format.ts';
import { hatchLines, textWidth } from './paint/painter.ts';
import type { Picture } from './picture.ts';
import { useTheme } from './theme.ts';
import { usePicture } from './usePicture.ts';

export interface LegendProps {
  readonly scale: ColourScale;
  /** Of the values: `Δ logit difference`. */
  readonly title: string;
  /** In pixels of the bar. Default 120. */
  readonly width?: number;
  readonly log?: boolean;
  /** Says what hatching means. */
  readonly unknown?: boolean;
  /** Says what the dot means: `p < 0.05`. */
  readonly significant?: string;
  readonly ref?: Ref<Picture>;
}

const steps = 64;

/** The colours of a scale with its ends, and what a hatch and a dot stand for. */
export function Legend(props: LegendProps): ReactElement {
  const { scale, title, width = 120, log = false, unknown = false, significant, ref } = props;
  const svg = usePicture(ref);
  const table = tableOf(scale, useTheme());
  const [low, high] = domainOf(scale);
  const notes = [...(unknown ? ['not measured'] : []), ...(significant === undefined ? [] : [significant])];
  const titleWidth = textWidth(title, 10) + 10;
  const noteX = notes.map((_, i) => width + titleWidth + 12 + notes.slice(0, i).reduce(noteSpace, 0));
  const total = width + titleWidth + 12 + notes.reduce(noteSpace, 0);
  return (
    <svg ref={svg} role="img" aria-label={spoken(props)} width={total} height={24} className="mark">
      {Array.from({ length: steps }, (_, i) => (
        <rect
          key={i}
          x={(i * width) / steps}
          width={width / steps + 0.5}
          height={9}
          fill={table.css[Math.round((i / (steps - 1)) * 255)]}
        />
      ))}
      <g fill="var(--ink-2)">
        <text y={20}>{endText(scale, log ? high / 1e4 : low)}</text>
        {scale.kind === 'signed' && (
          <text x={width / 2} y={20} textAnchor="middle">
            0
          </text>
        )}
        <text x={width} y={20} textAnchor="end">
          {endText(scale, high)}
        </text>
        <text x={width + 7} y={8.5}>
          {title}
        </text>
        {unknown && <Hatch x={noteX[0] ?? 0} />}
        {significant !== undefined && <circle cx={(noteX.at(-1) ?? 0) + 7} cy={5} r={1.6} fill="var(--ink)" />}
        {notes.map((note, i) => (
          <text key={note} x={(noteX[i] ?? 0) + 18} y={8.5}>
            {note}
          </text>
        ))}
      </g>
    </svg>
  );
}

function noteSpace(sum: number, note: string): number {
  return sum + textWidth(note, 10) + 30;
}

function Hatch({ x }: { readonly x: number }): ReactElement {
  const lines = hatchLines({ x, y: 0, width: 14, height: 9 });
  const d = lines.map(([[x1, y1], [x2, y2]]) => `M${x1},${y1}L${x2},${y2}`).join('');
  return <path d={d} stroke="var(--unknown-line)" />;
}

function endText({ kind }: ColourScale, value: number): string {
  const short = Number(value.toPrecision(2));
  if (kind === 'sequential') return formatNumber(short);
  return formatChange(short, Math.abs(short) >= 10 ? 0 : Math.abs(short) >= 0.1 ? 1 : 3);
}

function spoken({ scale, title, log = false }: LegendProps): string {
  const [low, high] = domainOf(scale).map((end) => endText(scale, end));
  return `Colours: ${title} from ${low} to ${high}${log ? ', logarithmic' : ''}`;
}
