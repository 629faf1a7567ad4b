/** A bar of a share of the longest: from the middle either way; from the left where nothing is below 0. */
import type { CSSProperties, ReactElement } from 'react';

interface ShareBarProps {
  /** -1 to 1. */
  readonly share: number;
  readonly isSigned: boolean;
}

export function ShareBar({ share, isSigned }: ShareBarProps): ReactElement {
  return (
    <span className="dict-bar" data-signed={isSigned}>
      <span data-sign={Math.sign(share)} style={placeOf(share, isSigned)} />
    </span>
  );
}

function placeOf(share: number, isSigned: boolean): CSSProperties {
  if (!isSigned) return { left: 0, width: `${100 * share}%` };
  return { width: `${50 * Math.abs(share)}%`, [share < 0 ? 'right' : 'left']: '50%' };
}
