/** Where methods agree, what their circuits lack or could spare, and how many prompts the counts need. */
import type { ReactElement } from 'react';
import { CircuitBar } from './circuitBar.tsx';
import { AgreementPanel } from './agreementPanel.tsx';
import { SampledPanel } from './sampledPanel.tsx';
import { StudiedPanel } from './studiedPanel.tsx';
import type { ShownCircuit } from './useShownCircuit.ts';

export function AgreementFace(shown: ShownCircuit): ReactElement {
  return (
    <div className="circuits-face">
      <CircuitBar run={shown.run} />
      <div className="circuits-agreement">
        <AgreementPanel {...shown} />
        <StudiedPanel {...shown} />
        <SampledPanel {...shown} />
      </div>
    </div>
  );
}
