/** Two runs side by side: whether their numbers are the same, what was asked for differently, which rows differ. */
import type { ReactElement } from 'react';
import { useEffect } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useCompare } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { ErrorState, Loading } from '../../parts/states.tsx';
import { isActive } from '../../shell/jobStates.ts';
import { DifferenceTable } from './differenceTable.tsx';
import { Pending } from './pending.tsx';
import { nameOfNumber, nameOfPath, valueOfSetting } from './requestLines.ts';
import { timeWords } from './runWords.ts';
import { verdictOf, withoutEchoes } from './verdict.ts';

interface ComparisonProps {
  /** The chosen run, and the one it is compared with. */
  readonly a: RunSummary;
  readonly b: RunSummary;
}

export function Comparison({ a, b }: ComparisonProps): ReactElement {
  const going = [a, b].find(isActive);
  if (going !== undefined) return <Pending run={going} />;
  return <Compared a={a} b={b} />;
}

function Compared({ a, b }: ComparisonProps): ReactElement {
  const { queries } = useWorkbench();
  const { data, error, isPlaceholderData, refetch } = useCompare({ a: a.id, b: b.id });
  // A run that was resumed has more to compare than before.
  useEffect(() => void queries.invalidateQueries({ queryKey: ['compare'] }), [queries, a.rows, b.rows]);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined || isPlaceholderData) return <Loading what="Comparing every row of both" />;
  return (
    <div className="runs-compared">
      <Verdict compared={data} a={a} b={b} />
      <Settings settings={withoutEchoes(data)} />
      {data.different > 0 && <Differences compared={data} />}
    </div>
  );
}

interface OfCompared {
  readonly compared: ResultOf<'compare'>;
}

function Verdict({ compared, a, b }: OfCompared & ComparisonProps): ReactElement {
  const { kind, text, notes } = verdictOf(compared);
  return (
    <div className="runs-verdict" role="status">
      <p data-kind={kind}>{text}</p>
      {notes.map((note) => (
        <p key={note} className="runs-quiet">
          {note}
        </p>
      ))}
      <p className="runs-quiet">{`A, this run: ${nameOf(a)}. B, the other: ${nameOf(b)}.`}</p>
    </div>
  );
}

function nameOf({ title, created }: RunSummary): string {
  return `${title}, ${timeWords(created)}`;
}

function Settings({ settings }: Pick<ResultOf<'compare'>, 'settings'>): ReactElement {
  if (settings.length === 0) {
    return <p className="runs-part">Request, model, tokenizer, versions and machine are the same.</p>;
  }
  return (
    <section className="runs-part" aria-label="Settings that differ">
      <h3>{`Settings that differ: ${settings.length}`}</h3>
      <DifferenceTable
        label="Settings that differ"
        of="Setting"
        differences={settings}
        nameOf={nameOfPath}
        wordsOf={valueOfSetting}
      />
    </section>
  );
}

/** The engine counts all rows that differ and lists the first of their numbers. */
function Differences({ compared: { differences } }: OfCompared): ReactElement {
  return (
    <section className="runs-part" aria-label="Numbers that differ">
      <h3>{`Numbers that differ: the first ${differences.length}`}</h3>
      <DifferenceTable
        label="Numbers that differ"
        of="Row and number"
        differences={differences}
        nameOf={nameOfNumber}
        isNumbers
      />
    </section>
  );
}
