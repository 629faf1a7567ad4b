/** A part that scrolls and may hold nothing that takes the focus: it takes it itself, so that keys can scroll it. */
import type { ReactElement, ReactNode } from 'react';

interface ScrolledProps {
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
}

const focusable = { tabIndex: 0 } as const;

export function Scrolled({ label, className, children }: ScrolledProps): ReactElement {
  return (
    <section aria-label={label} className={className} {...focusable}>
      {children}
    </section>
  );
}
