/** A training that goes on from another: the same dictionaries, with other steps or another rate. */
import type { ReactElement } from 'react';
import { formatNumber } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { LabelledNumber } from '../retrieval/labelledNumber.tsx';
import type { Fork } from './dictionariesSettings.ts';
import { useTrain } from './dictionariesSettings.ts';

export function ForkFields({ fork }: { readonly fork: Fork }): ReactElement {
  const [, change] = useTrain();
  const { request, learningRate, steps } = fork;
  const set = (changed: Partial<Fork>) => change({ fork: { ...fork, ...changed } });
  const first = request.dictionaries[0]?.learningRate ?? 0;
  return (
    <Section
      title="Fork"
      aside={
        <Button look="plain" onClick={() => change({ fork: null, name: null })}>
          Leave
        </Button>
      }
    >
      <div className="form">
        <p className="sweeps-quiet">
          {`Goes on from ${request.out.split(/[/\\]/).at(-1) ?? ''}, with its ${formatNumber(request.dictionaries.length)} dictionaries as they were at its last step; that training stays as it is.`}
        </p>
        <ul className="dict-names">
          {request.dictionaries.map(({ name }) => (
            <li key={name}>
              <code>{name}</code>
            </li>
          ))}
        </ul>
        <LabelledNumber
          label="Steps, those before included"
          value={steps}
          min={1}
          max={10_000_000}
          onChange={(next) => set({ steps: next })}
        />
        <LabelledNumber
          label="Learning rate"
          value={learningRate ?? first}
          min={1e-8}
          max={10}
          isWhole={false}
          onChange={(next) => set({ learningRate: next })}
        />
      </div>
    </Section>
  );
}
