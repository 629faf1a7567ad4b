/** All methods at once: against the reference, and by what the model does with their best nodes alone. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { CircuitBar } from './circuitBar.tsx';
import { FaithfulPanel } from './faithfulPanel.tsx';
import { Headline } from './headlineLines.tsx';
import { JudgedPanel } from './judgedPanel.tsx';
import { judgementsOf } from './judgements.ts';
import { MethodPanel } from './methodPanel.tsx';
import type { ShownCircuit } from './useShownCircuit.ts';

export function CompareFace(shown: ShownCircuit): ReactElement {
  const { view, reference, run } = shown;
  const judgements = useMemo(() => (reference === null ? [] : judgementsOf(view, reference.id)), [view, reference]);
  return (
    <div className="circuits-face">
      <CircuitBar run={run} />
      <Headline {...{ shown, judgements }} />
      <div className="circuits-compare">
        <JudgedPanel {...{ shown, judgements }} />
        <FaithfulPanel {...shown} />
        <MethodPanel {...{ shown, judgements }} />
      </div>
    </div>
  );
}
