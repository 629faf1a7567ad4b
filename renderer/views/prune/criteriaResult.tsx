/** The criteria of a run, each a small drawing of all units; the same as a table. */
import type { ReactElement } from 'react';
import { useRun } from '../../api/hooks.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { useRunExports } from '../ablate/sweepsExports.ts';
import { SweepsRunBar } from '../ablate/sweepsRunBar.tsx';
import { SweepsRunPicker } from '../ablate/sweepsRunPicker.tsx';
import { SweepsRunState } from '../ablate/sweepsRunState.tsx';
import { criteriaCsv } from './criteriaCsv.ts';
import { CriteriaDrawings } from './criteriaDrawings.tsx';
import { CriteriaTable } from './criteriaTable.tsx';
import type { ImportanceView } from '../../api/importanceFold.ts';
import { useChangePrune } from './pruneSettings.ts';
import { textWords } from './pruneWords.ts';
import { useImportance } from './useImportance.ts';

export function CriteriaResult(): ReactElement {
  const { runs, run, view } = useImportance();
  const change = useChangePrune();
  if (run === null) {
    return (
      <Panel title="Criteria">
        {runs.error !== null ? (
          <ErrorState error={runs.error} />
        ) : runs.isLoading ? (
          <Loading what="Reading the runs" />
        ) : (
          <Empty title="Nothing is measured yet">
            Choose criteria and press Start: each fills a small matrix here, and all can be held against each other.
          </Empty>
        )}
      </Panel>
    );
  }
  const picker = <SweepsRunPicker runs={runs.list} value={run} onChange={(next) => change({ run: next })} />;
  if (view === null) {
    return (
      <Panel title="Criteria" controls={picker}>
        <SweepsRunBar run={run} />
        <NoRows run={run} />
      </Panel>
    );
  }
  return <Result {...{ run, view, picker }} />;
}

function NoRows({ run }: { readonly run: string }): ReactElement | null {
  const view = useRun(run);
  return view === null ? null : <SweepsRunState view={view} />;
}

interface ResultProps {
  readonly run: string;
  readonly view: ImportanceView;
  readonly picker: ReactElement;
}

function Result({ run, view, picker }: ResultProps): ReactElement {
  return (
    <Panel
      title="Criteria"
      controls={picker}
      exports={{ name: 'criteria', csv: () => criteriaCsv(view) }}
      table={() => <CriteriaTable view={view} />}
      actions={useRunExports(run, ['heads.json', 'csv', 'parquet'])}
    >
      <div className="sweeps-body">
        <SweepsRunBar run={run} />
        <p className="sweeps-quiet prune-facts">{textWords(view.header)}</p>
        <CriteriaDrawings view={view} />
      </div>
    </Panel>
  );
}
