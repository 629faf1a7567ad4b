/** All measures of the primary head beside those of the pinned one. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useHeadMeasures, useSelection } from '../../api/hooks.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { scaleOf } from '../../api/measureScale.ts';
import { domainOf } from '../../marks/colour.ts';
import { formatChange, formatFixed, formatHalfWidth } from '../../marks/format.ts';
import { Empty } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { headName } from '../../state/headNames.ts';
import { sameHead } from '../../state/headRefs.ts';
import { decimalsOf } from './decimals.ts';
import { Dumbbell } from './dumbbell.tsx';
import type { ComparedMeasure, Estimate } from './compareHeads.ts';
import { compareHeads } from './compareHeads.ts';

export function Difference(): ReactElement {
  const primary = useSelection((state) => state.primary);
  const pinned = useSelection((state) => state.pinned);
  if (pinned === null) {
    return (
      <Empty title="No head is pinned">
        Choose a head and press P, then choose another: all measures of both stand here side by side.
      </Empty>
    );
  }
  if (primary === null || sameHead(primary, pinned)) {
    return <Empty title={`${headName(pinned)} is pinned`}>Choose another head to compare with it.</Empty>;
  }
  return <Compared primary={primary} pinned={pinned} />;
}

function Compared({ primary, pinned }: { readonly primary: HeadRef; readonly pinned: HeadRef }): ReactElement {
  const list = useHeadMeasures();
  const rows = useMemo(() => compareHeads(list, primary, pinned), [list, primary, pinned]);
  const columns = useMemo(() => columnsOf(primary, pinned), [primary, pinned]);
  return (
    <Table
      label={`Measures of ${headName(primary)} and ${headName(pinned)}`}
      columns={columns}
      rows={rows}
      keyOf={({ measure }) => measure.id}
    />
  );
}

function columnsOf(primary: HeadRef, pinned: HeadRef): readonly TableColumn<ComparedMeasure>[] {
  const number = { align: 'right', width: 'minmax(96px, 0.7fr)' } as const;
  return [
    {
      ...{ id: 'measure', title: 'Measure', width: 'minmax(150px, 1.4fr)' },
      cell: ({ measure }) => <span title={`${measure.title}: ${measure.about}`}>{measure.title}</span>,
      sortBy: ({ measure }) => measure.title,
    },
    {
      ...{ id: 'primary', title: headName(primary), ...number },
      cell: ({ measure, a }) => written(measure, a),
    },
    {
      ...{ id: 'pinned', title: `${headName(pinned)}, pinned`, ...number },
      cell: ({ measure, b }) => written(measure, b),
    },
    {
      ...{ id: 'difference', title: 'Difference', ...number },
      cell: ({ measure, a, b }) => formatChange(a.value - b.value, decimalsOf(measure)),
    },
    {
      ...{ id: 'apart', title: '95 % intervals', width: '84px' },
      cell: ({ apart }) => (apart === null ? '–' : apart ? 'apart' : 'overlap'),
      sortBy: ({ apart }) => (apart === null ? null : Number(apart)),
    },
    {
      ...{ id: 'picture', title: 'Filled: primary, open: pinned', width: 'minmax(120px, 1fr)' },
      cell: ({ measure, a, b }) => <Dumbbell domain={domainOf(scaleOf(measure))} a={a.value} b={b.value} />,
    },
    { ...{ id: 'n', title: 'n', width: '36px', align: 'right' }, cell: ({ measure }) => measure.n },
  ];
}

function written(measure: HeadMeasure, { value, low, high }: Estimate): string {
  const decimals = decimalsOf(measure);
  const text = formatFixed(value, decimals);
  return Number.isNaN(low) || Number.isNaN(value) ? text : `${text} ${formatHalfWidth((high - low) / 2, decimals)}`;
}
