/** A method as its line is drawn, and its name. */
import type { ReactElement } from 'react';
import type { MethodLook } from './methodLooks.ts';

export function LineKey({ look: { id, title, colour, dash } }: { readonly look: MethodLook }): ReactElement {
  return (
    <span className="circuits-key" data-series={id}>
      <svg width={18} height={8} aria-hidden>
        <line x2={18} y1={4} y2={4} stroke={colour} strokeWidth={2} strokeDasharray={dash} />
      </svg>
      {title}
    </span>
  );
}
