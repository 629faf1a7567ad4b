/** One circuit: its nodes by layer, how many stay, and what the real model does with these alone. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { Panel } from '../../parts/panel.tsx';
import { Loading } from '../../parts/states.tsx';
import { CircuitBar } from './circuitBar.tsx';
import { CircuitCurve } from './circuitCurve.tsx';
import { CircuitEdits } from './circuitEdits.tsx';
import { CircuitNumbers } from './circuitNumbers.tsx';
import { CircuitSlider } from './circuitSlider.tsx';
import { DiagramPanel } from './diagramPanel.tsx';
import type { MethodLook } from './methodLooks.ts';
import { nodeRows } from './nodeRows.ts';
import { useCircuitChoice } from './useCircuitChoice.ts';
import { useCircuitEffect } from './useCircuitEffect.ts';
import type { ShownCircuit } from './useShownCircuit.ts';

export function CircuitFace(shown: ShownCircuit): ReactElement {
  const { method, run } = shown;
  return (
    <div className="circuits-face">
      <CircuitBar run={run} />
      {method === null ? <Loading what="The first ranking is being made" /> : <Studied {...{ shown, method }} />}
    </div>
  );
}

function Studied({ shown, method }: { readonly shown: ShownCircuit; readonly method: MethodLook }): ReactElement {
  const { view, shape } = shown;
  const choice = useCircuitChoice(shown);
  const live = useCircuitEffect(shown, choice.nodes);
  const rows = useMemo(() => nodeRows(view, method.id, shape), [view, method.id, shape]);
  return (
    <div className="circuits-circuit">
      <DiagramPanel {...{ shown, method, rows, choice }} />
      <Panel title="With these nodes alone" caption={`best by ${method.title}; everything outside replaced`}>
        <div className="circuits-study">
          <CircuitSlider choice={choice} />
          <CircuitNumbers {...{ shown, live, choice }} />
          <CircuitCurve {...{ shown, method, live, choice }} />
          <CircuitEdits choice={choice} />
        </div>
      </Panel>
    </div>
  );
}
