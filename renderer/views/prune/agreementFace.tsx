/** Where criteria agree: rank correlations, what the first k have in common, layer by layer, and who differs most. */
import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { useRun } from '../../api/hooks.ts';
import { PaneContext } from '../../parts/paneContext.ts';
import { Panel } from '../../parts/panel.tsx';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/states.tsx';
import { SweepsRunBar } from '../ablate/sweepsRunBar.tsx';
import { SweepsRunPicker } from '../ablate/sweepsRunPicker.tsx';
import { agreementCsv } from './agreementCsv.ts';
import { AgreementGrid } from './agreementGrid.tsx';
import { AgreementPair } from './agreementPair.tsx';
import { AgreementProfile } from './agreementProfile.tsx';
import { AgreementTable } from './agreementTable.tsx';
import { useChangePrune } from './pruneSettings.ts';
import { textWords } from './pruneWords.ts';
import type { ShownImportance } from './useImportance.ts';
import { useImportance } from './useImportance.ts';

export function AgreementFace(): ReactElement {
  const shown = useImportance();
  const change = useChangePrune();
  const result = useImportanceResult(shown.run);
  const { run, runs, view } = shown;
  const toCriteria = () => change({ face: 'criteria' });
  if (run === null || view === null) {
    return (
      <Empty title="Nothing to compare yet" action={<Button onClick={toCriteria}>Criteria</Button>}>
        Two criteria or more of one run are held against each other here.
      </Empty>
    );
  }
  return (
    <PaneContext value={null}>
      <Panel
        title="Agreement"
        controls={<SweepsRunPicker runs={runs.list} value={run} onChange={(next) => change({ run: next })} />}
        {...(result === null ? {} : { exports: { name: 'agreement', csv: () => agreementCsv(result.pairs) } })}
        {...(result === null ? {} : { table: () => <AgreementTable pairs={result.pairs} /> })}
      >
        <div className="prune-plan">
          <SweepsRunBar run={run} />
          <p className="sweeps-quiet prune-facts">{textWords(view.header)}</p>
          <Body result={result} view={view} />
        </div>
      </Panel>
    </PaneContext>
  );
}

interface BodyProps {
  readonly result: ResultOf<'importance'> | null;
  readonly view: NonNullable<ShownImportance['view']>;
}

function Body({ result, view }: BodyProps): ReactElement {
  if (result === null) return <Empty title="Not yet">Criteria are compared once the run is done.</Empty>;
  if (result.pairs.length === 0) {
    return <Empty title="One criterion alone">Start a run with two or more to compare them.</Empty>;
  }
  return (
    <>
      <div className="prune-columns">
        <AgreementGrid result={result} view={view} />
        <AgreementProfile result={result} view={view} />
      </div>
      <AgreementPair result={result} view={view} />
    </>
  );
}

/** Of a run that is done. */
function useImportanceResult(run: string | null): ResultOf<'importance'> | null {
  const record = useRun(run)?.record ?? null;
  return record?.job.call === 'importance' && record.summary.state === 'done'
    ? (record.result as ResultOf<'importance'>)
    : null;
}
