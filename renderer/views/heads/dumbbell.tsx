/** Two values on the scale of their measure: filled the first, hollow the second. */
import type { ReactElement } from 'react';

interface DumbbellProps {
  readonly domain: readonly [low: number, high: number];
  readonly a: number;
  readonly b: number;
}

/** The picture repeats what the numbers beside it say, so nobody is told of it twice. */
export function Dumbbell({ domain: [low, high], a, b }: DumbbellProps): ReactElement {
  const place = (value: number) => `${5 + 90 * Math.min(1, Math.max(0, (value - low) / (high - low)))}%`;
  return (
    <svg className="heads-dumbbell" width="100%" height={16} aria-hidden="true">
      <line x1="5%" x2="95%" y1={8} y2={8} stroke="var(--line)" />
      {low < 0 && <line x1={place(0)} x2={place(0)} y1={2} y2={14} stroke="var(--line-strong)" />}
      <line x1={place(a)} x2={place(b)} y1={8} y2={8} stroke="var(--mark)" strokeWidth={2} />
      <circle cx={place(b)} cy={8} r={4} fill="var(--pane)" stroke="var(--ink)" strokeWidth={1.5} />
      <circle cx={place(a)} cy={8} r={4} fill="var(--accent)" />
    </svg>
  );
}
