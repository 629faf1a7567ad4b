/** Above the grid: its colours, and the way through a long prompt. */
import type { ReactElement } from 'react';
import { Legend } from '../../marks/legend.tsx';
import { IconButton } from '../../parts/button.tsx';
import type { LensColour } from './lensValues.ts';

export const lensMeasures: Readonly<Record<LensColour, string>> = {
  top: 'probability of the token',
  target: 'probability of the target',
  rank: 'rank of the target, 1 − log r / log V',
};

const scale = { kind: 'sequential', low: 0, high: 1 } as const;

interface LensBarProps {
  readonly positions: readonly number[];
  readonly length: number;
  readonly colour: LensColour;
  readonly onMove: (from: number) => void;
}

export function LensBar({ positions, length, colour, onMove }: LensBarProps): ReactElement {
  const [first, last] = [positions[0] ?? 0, positions.at(-1) ?? 0];
  const step = positions.length;
  return (
    <div className="lens-bar">
      <Legend scale={scale} title={lensMeasures[colour]} width={80} unknown />
      {length > step && (
        <span className="lens-pages">
          <IconButton
            icon="left"
            label="Positions before"
            disabled={first === 0}
            onClick={() => onMove(Math.max(0, first - step))}
          />
          <span className="prompts-count">{`${first} to ${last} of ${length}`}</span>
          <IconButton
            icon="right"
            label="Positions after"
            disabled={last >= length - 1}
            onClick={() => onMove(first + step)}
          />
        </span>
      )}
    </div>
  );
}
