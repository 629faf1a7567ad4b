/** The run of the chosen kind that is looked at. */
import type { ReactElement } from 'react';
import { useCallback } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useRun } from '../../api/hooks.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { useOfRun } from './sweepsFeed.ts';
import { SweepsGreedy } from './sweepsGreedy.tsx';
import { SweepsList } from './sweepsList.tsx';
import { SweepsPairs } from './sweepsPairs.tsx';
import { useSweepsRunList } from './sweepsRunList.ts';
import { SweepsRunBar } from './sweepsRunBar.tsx';
import { SweepsRunPicker } from './sweepsRunPicker.tsx';
import { SweepsRunState } from './sweepsRunState.tsx';
import type { SweepKind } from './sweepsSettings.ts';
import { useChangeSweeps, useSweeps } from './sweepsSettings.ts';
import { SweepsUnits } from './sweepsUnits.tsx';
import { kindTitles } from './sweepsWords.ts';

export function SweepsResult(): ReactElement {
  const kind = useSweeps((settings) => settings.kind);
  const chosen = useSweeps((settings) => settings.runs[settings.kind]);
  const runs = useSweeps((settings) => settings.runs);
  const change = useChangeSweeps();
  const { list, isLoading, error } = useSweepsRunList(kind);
  const shown = list.find(({ run }) => run.id === chosen) ?? list[0];
  if (shown === undefined) {
    return (
      <Panel title={kindTitles[kind]}>
        {error !== null ? (
          <ErrorState error={error} />
        ) : isLoading ? (
          <Loading what="Reading the runs" />
        ) : (
          <Nothing kind={kind} />
        )}
      </Panel>
    );
  }
  const picker = (
    <SweepsRunPicker
      runs={list.map(({ run }) => run)}
      value={shown.run.id}
      onChange={(run) => change({ runs: { ...runs, [kind]: run } })}
    />
  );
  return <ShownRun key={shown.run.id} run={shown.run.id} heads={shown.heads} kind={kind} picker={picker} />;
}

interface ShownRunProps {
  readonly run: string;
  readonly heads: readonly HeadRef[];
  readonly kind: SweepKind;
  readonly picker: ReactElement;
}

function ShownRun({ run, heads, kind, picker }: ShownRunProps): ReactElement {
  // The kind of the table, and whether there is one: renders when that changes, not as rows come.
  const table = useOfRun(
    run,
    useCallback((now) => now?.kind ?? null, []),
  );
  const common = { run, picker, bar: <SweepsRunBar run={run} /> };
  if (table === 'ablate') return <SweepsUnits {...common} />;
  if (table === 'ablateSets' && kind === 'pairs') return <SweepsPairs {...common} heads={heads} />;
  if (table === 'ablateSets' && kind === 'greedy') return <SweepsGreedy {...common} />;
  if (table === 'ablateSets') return <SweepsList {...common} />;
  return (
    <Panel title={kindTitles[kind]} controls={picker}>
      <div className="sweeps-body">
        {common.bar}
        <NoTable run={run} />
      </div>
    </Panel>
  );
}

function NoTable({ run }: { readonly run: string }): ReactElement | null {
  const view = useRun(run);
  return view === null ? null : <SweepsRunState view={view} />;
}

const explanations: Readonly<Record<SweepKind, string>> = {
  head: 'Each head alone is replaced, and the change of the metric fills the matrix.',
  'kv-group': 'All heads that share keys and values are replaced together, group by group.',
  layer: 'Attention and MLP of a layer are replaced together, layer by layer.',
  mlp: 'Each MLP alone is replaced.',
  pairs:
    'Each head of the set alone and each pair: where a pair does more or less than the sum of both, they interact.',
  greedy:
    'Each step tries every candidate beside the heads that are out already, and keeps the one that was looked for.',
  list: 'Each saved set is replaced as a whole.',
};

function Nothing({ kind }: { readonly kind: SweepKind }): ReactElement {
  return <Empty title={`${kindTitles[kind]}: not measured yet`}>{explanations[kind]}</Empty>;
}
