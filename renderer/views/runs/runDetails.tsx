/** One run: what it was asked for, where its numbers come from, what the user says of it. */
import type { ReactElement, ReactNode } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { RunRecord, RunSummary } from '../../../engine/results/runs.ts';
import { useRecord } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { ErrorState, Loading } from '../../parts/states.tsx';
import { Hash } from './hash.tsx';
import type { KeyValue } from './keyValues.tsx';
import { KeyValues } from './keyValues.tsx';
import { LabelEditor } from './labelEditor.tsx';
import { provenanceLines } from './provenanceLines.ts';
import { requestLines } from './requestLines.ts';
import { RunHeader } from './runHeader.tsx';
import { RunProblems } from './runProblems.tsx';

export function RunDetails({ run }: { readonly run: RunSummary }): ReactElement {
  const { data, error, isPlaceholderData, refetch } = useRecord(run.id);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined || isPlaceholderData) return <Loading what="Reading the run" />;
  return <Details run={run} stored={data} />;
}

interface DetailsProps {
  readonly run: RunSummary;
  readonly stored: ResultOf<'record'>;
}

function Details({ run, stored: { record, folder } }: DetailsProps): ReactElement {
  return (
    <article className="runs-details" aria-label={run.title}>
      <RunHeader run={run} record={record} folder={folder} />
      <RunProblems run={run} />
      <div className="runs-grid">
        <Part title="Asked for">
          <KeyValues lines={requestLines(record.job)} />
        </Part>
        <Part title="Where the numbers come from">
          {run.model !== null && <KeyValues lines={hashLines(record)} />}
          <KeyValues lines={provenanceLines(record, run)} />
          {run.from !== null && <From id={run.from} />}
        </Part>
        <Part title="Note and tags">
          <LabelEditor run={run} />
        </Part>
      </div>
    </article>
  );
}

function hashLines({ fingerprint, tokenizer }: RunRecord): readonly KeyValue[] {
  return [
    { name: 'Model', value: fingerprint === null ? 'not opened yet' : <Hash value={fingerprint} of="model" /> },
    { name: 'Tokenizer', value: tokenizer === null ? 'not recorded' : <Hash value={tokenizer} of="tokenizer" /> },
  ];
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <section className="runs-part" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function From({ id }: { readonly id: string }): ReactElement {
  const { workspace } = useWorkbench();
  return (
    <p className="runs-from">
      Repeats or was forked from{' '}
      <button type="button" className="runs-link" onClick={() => workspace.set({ run: id })}>
        {id}
      </button>
    </p>
  );
}
