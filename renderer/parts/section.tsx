/** A part of the inspector: a name, a word at its right, what it says. */
import type { ReactElement, ReactNode } from 'react';
import './section.css';

export interface SectionProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, aside, children }: SectionProps): ReactElement {
  return (
    <section className="section" aria-label={title}>
      <header className="section-head">
        <h3 className="section-title">{title}</h3>
        {aside !== undefined && <span className="section-aside">{aside}</span>}
      </header>
      {children}
    </section>
  );
}
