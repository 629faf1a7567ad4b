/** The points of a curve: the plan's, and for each the random plans. */
import type { ReactElement } from 'react';
import { formatFixed, formatNumber } from '../../marks/format.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { CurveMeasure, CurveView, ShownPoint } from './curveFold.ts';
import { randomPoints } from './curveFold.ts';
import { changeWords, valueWords } from './pruneWords.ts';

interface CurveTableProps {
  readonly curve: CurveView;
  readonly kept: readonly ShownPoint[];
}

export function CurveTable({ curve, kept }: CurveTableProps): ReactElement {
  const plan = [...curve.points.filter(({ draw }) => draw === null), ...kept];
  const rows = [...new Map(plan.map((point) => [point.units, point])).values()].sort((a, b) => a.units - b.units);
  return (
    <Table
      label="Points of the curve"
      rows={rows}
      keyOf={({ units }) => String(units)}
      columns={[
        { id: 'units', title: 'Removed', width: '72px', align: 'right', cell: ({ units }) => formatNumber(units) },
        column('Δ loss, nats', ({ change }) => changeWords(change, 3)),
        randomColumn(curve, 'change'),
        column('KL, nats', ({ kl }) => (kl === null ? '–' : valueWords(kl, 3))),
        randomColumn(curve, 'kl'),
        column('Metric', ({ metric }) => (metric === null ? '–' : valueWords(metric, 3))),
        randomColumn(curve, 'metric'),
      ]}
    />
  );
}

function column(title: string, cell: (point: ShownPoint) => string): TableColumn<ShownPoint> {
  return { id: title, title, width: 'minmax(130px, 1fr)', align: 'right', cell };
}

function randomColumn(curve: CurveView, measure: CurveMeasure): TableColumn<ShownPoint> {
  const random = randomPoints(curve, measure);
  return {
    ...{ id: `random ${measure}`, title: 'random', width: 'minmax(110px, 1fr)', align: 'right' },
    cell: ({ units }) => {
      const found = random.find((one) => one.units === units);
      return found === undefined ? '–' : `${formatFixed(found.least, 3)} to ${formatFixed(found.most, 3)}`;
    },
  };
}
