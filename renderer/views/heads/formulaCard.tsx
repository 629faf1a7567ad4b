/** What a measure is: in words, as a formula, in what and between what, on what, by which rule and paper. */
import type { ReactElement, ReactNode } from 'react';
import type { HeadMeasure } from '../../api/headMeasure.ts';
import { measureKinds } from '../../api/measureKinds.ts';
import { Section } from '../../parts/section.tsx';
import { cardLines } from './cardLines.ts';

export function FormulaCard({ measure }: { readonly measure: HeadMeasure }): ReactElement {
  const { title, about, kind } = measure;
  return (
    <Section title="What is measured" aside={measureKinds[kind].name}>
      <div className="heads-card">
        <p>
          <strong>{title}</strong>
        </p>
        <p>{about}</p>
        <dl>
          {cardLines(measure).map(([name, text]) => (
            <Line key={name} name={name}>
              {name === 'formula' ? <span className="heads-formula">{text}</span> : text}
            </Line>
          ))}
        </dl>
        <p className="heads-quiet">{measureKinds[kind].claim}</p>
      </div>
    </Section>
  );
}

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
