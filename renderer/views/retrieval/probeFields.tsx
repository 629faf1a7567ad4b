/** Random tokens, what is kept, and the texts of the prior. */
import type { ReactElement } from 'react';
import { Section } from '../../parts/section.tsx';
import { Switch } from '../../parts/switch.tsx';
import { LabelledNumber, OptionalNumber } from './labelledNumber.tsx';
import { useStreaming } from './streamingSettings.ts';

export function ProbeFields(): ReactElement {
  const [{ n, length, echo, induction, seed }, change] = useStreaming('probe');
  return (
    <>
      <Section title="Random tokens, four times">
        <div className="form">
          <LabelledNumber label="Sequences" value={n} min={1} max={1000} onChange={(next) => change({ n: next })} />
          <OptionalNumber
            label="Tokens in each"
            auto="as many as fit, 500 at most"
            value={length}
            usual={500}
            min={2}
            onChange={(next) => change({ length: next })}
          />
          <LabelledNumber label="Seed" value={seed} max={1_000_000} onChange={(next) => change({ seed: next })} />
        </div>
      </Section>
      <Section title="Kept whole, percent of KV heads">
        <div className="form">
          <Percent label="With most echo" value={echo} onChange={(next) => change({ echo: next })} />
          <Percent label="With most induction" value={induction} onChange={(next) => change({ induction: next })} />
          <p className="retrieval-quiet">Each is rounded up; 1 and 14 in RazorAttention’s code.</p>
        </div>
      </Section>
      <PriorSection />
    </>
  );
}

function PriorSection(): ReactElement {
  const [{ hasPrior, texts }, change] = useStreaming('probe');
  return (
    <Section title="Prior of positions">
      <div className="form">
        <Switch label="Beside them (kvpress)" isOn={hasPrior} onChange={(isOn) => change({ hasPrior: isOn })} />
        {hasPrior && (
          <LabelledNumber
            label="Stories"
            value={texts}
            min={1}
            max={1000}
            onChange={(next) => change({ texts: next })}
          />
        )}
        <p className="retrieval-quiet">
          Where the mean query would look if every key were the mean key. It knows no content.
        </p>
      </div>
    </Section>
  );
}

interface PercentProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Percent(props: PercentProps): ReactElement {
  return <LabelledNumber {...props} isWhole={false} max={100} />;
}
