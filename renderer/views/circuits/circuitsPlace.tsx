/** Several methods that say which heads carry a behaviour, held against references, controls and the real model. */
import type { ReactElement } from 'react';
import { useCallback } from 'react';
import { useModelInfo, useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { PaneContext } from '../../parts/paneContext.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import '../ablate/sweeps.css';
import { SweepsRunPicker } from '../ablate/sweepsRunPicker.tsx';
import { AgreementFace } from './agreementFace.tsx';
import { CircuitFace } from './circuitFace.tsx';
import { nothingByHand } from './circuitChoice.ts';
import './circuits.css';
import type { CircuitsFace } from './circuitsSettings.ts';
import { useChangeCircuits, useCircuits } from './circuitsSettings.ts';
import { CompareFace } from './compareFace.tsx';
import { MethodsFace } from './methodsFace.tsx';
import { NoCircuit } from './noCircuit.tsx';
import { NodesFace } from './nodesFace.tsx';
import { ReferencePicker } from './referencePicker.tsx';
import { useSeriesHover } from './seriesHover.ts';
import { useCircuitExports } from './useCircuitExports.ts';
import type { CircuitRun, ShownCircuit } from './useShownCircuit.ts';
import { useShownCircuit } from './useShownCircuit.ts';

export function CircuitsPlace(): ReactElement {
  const info = useModelInfo();
  const circuit = useShownCircuit();
  const change = useChangeCircuits();
  const { run, runs } = circuit;
  const exported = useCircuitExports(circuit);
  const picker =
    run === null ? null : (
      <SweepsRunPicker
        runs={runs.list}
        value={run}
        onChange={(next) => change({ run: next, k: null, hand: nothingByHand })}
      />
    );
  return (
    <Panel title="Circuits" controls={picker} actions={exported}>
      {info === null ? <NoModel /> : <Faces circuit={circuit} />}
    </Panel>
  );
}

const faces: readonly { readonly value: CircuitsFace; readonly title: string }[] = [
  { value: 'methods', title: 'Methods' },
  { value: 'compare', title: 'Compare' },
  { value: 'nodes', title: 'Ranking' },
  { value: 'circuit', title: 'Circuit' },
  { value: 'agreement', title: 'Agreement' },
];

function Faces({ circuit }: { readonly circuit: CircuitRun }): ReactElement {
  const face = useCircuits((settings) => settings.face);
  const change = useChangeCircuits();
  const choose = useCallback((method: string) => change({ method }), [change]);
  const { ref, ...hover } = useSeriesHover(choose);
  return (
    <PaneContext value={null}>
      <div ref={ref} className="circuits" role="presentation" {...hover}>
        <Tabs
          label="Faces of the bench"
          value={face}
          onChange={(next) => change({ face: next })}
          tabs={faces.map((one) => ({ ...one, content: () => <Face face={one.value} circuit={circuit} /> }))}
          aside={circuit.shown === null || face === 'methods' ? undefined : <ReferencePicker {...circuit.shown} />}
        />
      </div>
    </PaneContext>
  );
}

function Face({ face, circuit }: { readonly face: CircuitsFace; readonly circuit: CircuitRun }): ReactElement {
  if (face === 'methods') return <MethodsFace />;
  const { shown } = circuit;
  return shown === null ? <NoCircuit {...circuit} /> : <ShownFace face={face} shown={shown} />;
}

interface ShownFaceProps {
  readonly face: Exclude<CircuitsFace, 'methods'>;
  readonly shown: ShownCircuit;
}

function ShownFace({ face, shown }: ShownFaceProps): ReactElement {
  switch (face) {
    case 'compare':
      return <CompareFace {...shown} />;
    case 'nodes':
      return <NodesFace {...shown} />;
    case 'circuit':
      return <CircuitFace {...shown} />;
    case 'agreement':
      return <AgreementFace {...shown} />;
  }
}

function NoModel(): ReactElement {
  const { dialogs } = useWorkbench();
  const path = useWorkspace((state) => state.model?.model ?? null);
  if (path !== null) return <Loading what="Reading the model’s headers" />;
  const open = () => dialogs.show({ kind: 'palette', page: 'models' });
  return (
    <Empty title="No model is open" action={<Button onClick={open}>Open a model</Button>}>
      Which of its heads carry a behaviour is asked of several methods at once here.
    </Empty>
  );
}
