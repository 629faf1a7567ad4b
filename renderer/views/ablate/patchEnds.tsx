/** The metric of both runs as they are: what a patch moves between. */
import type { ReactElement } from 'react';
import type { Summary } from '../../../engine/results/records.ts';
import { measures } from '../../../engine/terms/measures.ts';
import { useRun } from '../../api/hooks.ts';
import { decimalsFor } from '../../marks/format.ts';
import { estimateOf } from './sweepsRows.ts';
import { countOf, intervalWords } from './sweepsWords.ts';

export function PatchEnds({ run }: { readonly run: string }): ReactElement | null {
  const table = useRun(run)?.table;
  if (table?.kind !== 'patchGrid') return null;
  const { ends, header } = table;
  const { title, unit } = measures[header.metricId];
  if (ends === null) return <div className="patch-ends">{`${title} of both runs: not measured yet`}</div>;
  const decimals = decimalsFor(Math.max(Math.abs(ends.clean.mean), Math.abs(ends.corrupt.mean)));
  const end = (name: string, summary: Summary) => (
    <span>
      {`${name} `}
      <code>{intervalWords(estimateOf(summary), decimals)}</code>
    </span>
  );
  return (
    <div className="patch-ends">
      <span>{`${title}, ${unit}`}</span>
      {end('clean', ends.clean)}
      {end('corrupt', ends.corrupt)}
      <span className="sweeps-quiet">{spread(ends.clean.n, header.calibration.dataset)}</span>
    </div>
  );
}

function spread(n: number, dataset: string): string {
  if (n < 2) return `one prompt of ${dataset}: an example, without an interval`;
  return `mean and 95 % interval of ${countOf(n, 'prompt')} of ${dataset}`;
}
