import type { ReactElement, Ref } from 'react';
import type { Picture, Size } from './picture.ts';
import { tokenLabel } from './tokens/displayToken.ts';
import type { Token } from './tokens/token.ts';
import { usePicture } from './usePicture.ts';

export interface AttentionArcsProps extends Size {
  /** At most 64. */
  readonly tokens: readonly Token[];
  /** [tokens * tokens], queries by keys. */
  readonly values: Float32Array;
  /** Weaker arcs are not drawn. Default 0.05. */
  readonly threshold?: number;
  /** Only the arcs of this token, out of it and into it. */
  readonly token?: number | null;
  readonly onHover?: (token: number | null) => void;
  readonly onToken?: (token: number) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

const labelRoom = 64;

/** Weights as arcs above the tokens, from the query back to the key. */
export function AttentionArcs(props: AttentionArcsProps): ReactElement {
  const { width, height, tokens, values, threshold = 0.05, token = null, onHover, onToken, label, ref } = props;
  const svg = usePicture(ref);
  const base = height - labelRoom;
  const step = (width - 40) / Math.max(1, tokens.length - 1);
  const x = (index: number) => 12 + index * Math.min(step, 40);
  const span = x(tokens.length - 1) - x(0);
  const arcs = arcsOf(values, tokens.length, threshold).filter(
    ({ q, k }) => token === null || q === token || k === token,
  );
  return (
    <svg ref={svg} role="img" aria-label={label} width={width} height={height} className="mark">
      {arcs.map(({ q, k, weight }) => (
        <path
          key={`${q} ${k}`}
          d={arcPath(x(k), x(q), base, (base - 8) / Math.max(1, span))}
          fill="none"
          stroke={token === null ? 'var(--accent)' : q === token ? 'var(--plus-2)' : 'var(--minus-2)'}
          strokeWidth={0.5 + 4 * weight}
          opacity={0.25 + 0.75 * weight}
        />
      ))}
      {tokens.map((entry, i) => (
        <g
          key={i}
          transform={`translate(${x(i)},${base + 10}) rotate(40)`}
          onPointerEnter={() => onHover?.(i)}
          onPointerLeave={() => onHover?.(null)}
          onClick={() => onToken?.(i)}
        >
          <text className="mark-code" fontSize={10} fill={i === token ? 'var(--accent)' : 'var(--ink-2)'}>
            {shortened(tokenLabel(entry))}
          </text>
        </g>
      ))}
    </svg>
  );
}

export interface Arc {
  readonly q: number;
  readonly k: number;
  readonly weight: number;
}

/** Strongest last, so that they lie on top. A token's weight on itself is a small loop of its own width. */
export function arcsOf(values: Float32Array, tokens: number, threshold: number): Arc[] {
  const arcs: Arc[] = [];
  for (const [cell, weight] of values.entries())
    if (weight >= threshold) arcs.push({ q: Math.floor(cell / tokens), k: cell % tokens, weight: Math.min(1, weight) });
  return arcs.sort((a, b) => a.weight - b.weight);
}

function arcPath(from: number, to: number, base: number, rise: number): string {
  if (from === to) return `M${from - 3},${base}a3,6 0 1 1 6,0`;
  const top = base - Math.max(10, (to - from) * rise);
  // A cubic reaches three quarters of the height of its control points.
  const control = base - (base - top) / 0.75;
  return `M${from},${base}C${from},${control} ${to},${control} ${to},${base}`;
}

function shortened(text: string): string {
  return text.length > 9 ? `${text.slice(0, 8)}\u2026` : text;
}
