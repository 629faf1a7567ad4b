/** What stands in place of a bench that is not there, or says nothing yet. */
import type { ReactElement } from 'react';
import { useRun } from '../../api/hooks.ts';
import type { RunView } from '../../api/runStore.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { SweepsRunBar } from '../ablate/sweepsRunBar.tsx';
import { SweepsRunState } from '../ablate/sweepsRunState.tsx';
import { useWorkbench } from '../../api/workbench.ts';
import { useChangeCircuits } from './circuitsSettings.ts';
import type { CircuitRun } from './useShownCircuit.ts';
import type { Bench } from './useBench.ts';
import { useBench } from './useBench.ts';

export function NoCircuit({ run, runs }: CircuitRun): ReactElement {
  const view = useRun(run);
  if (runs.error !== null) return <ErrorState error={runs.error} />;
  if (runs.isLoading) return <Loading what="Reading the runs" />;
  if (run === null || view === null) return <NothingYet />;
  return (
    <>
      <SweepsRunBar run={run} />
      <Unsaid view={view} />
    </>
  );
}

/** Of a run that has not said yet what it is. */
function Unsaid({ view }: { readonly view: RunView }): ReactElement {
  if (view.summary?.state === 'running') return <Loading what={beforeRankings} />;
  if (view.summary?.state !== 'cancelled') return <SweepsRunState view={view} />;
  return (
    <Empty title="It was cancelled before the first ranking">
      The effect of each node alone had not all been measured. Going on measures it anew.
    </Empty>
  );
}

const beforeRankings = 'The effect of each node alone is measured first: references are made of it';

function NothingYet(): ReactElement {
  const bench = useBench();
  return (
    <Empty title="No methods have been run on this model yet" action={<Actions bench={bench} />}>
      Several methods rank the heads on the same prompts. Their rankings are held against a published or planted
      circuit, or against the effect of each head measured on the model; and the model is run with everything outside
      the best nodes replaced. Controls that know nothing, an untrained encoder among them, run beside.
    </Empty>
  );
}

function Actions({ bench }: { readonly bench: Bench }): ReactElement {
  const change = useChangeCircuits();
  const { dialogs } = useWorkbench();
  const { problem, start, chosen, error } = bench;
  if (error !== null) return <ErrorState error={error} />;
  return (
    <div className="circuits-line">
      <Button look="primary" icon="runs" disabled={problem !== null} onClick={() => start()}>
        {problem === null ? `Run ${chosen.length} methods` : 'Run all methods'}
      </Button>
      <Button onClick={() => change({ face: 'methods' })}>Choose methods</Button>
      {problem !== null && (
        <>
          <span className="sweeps-problem">{problem}</span>
          <Button onClick={() => dialogs.show({ kind: 'palette', page: 'prompts' })}>Choose prompts</Button>
        </>
      )}
    </div>
  );
}
