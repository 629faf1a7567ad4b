/** All methods in one table: how well each ranks, how faithful its circuits are, what it took. */
import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatFixed, formatHalfWidth, formatNumber } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { CircuitView } from './circuitRows.ts';
import { useChangeCircuits, useCircuits } from './circuitsSettings.ts';
import type { NodeOrder } from './faithfulLines.ts';
import { areaOf, randomCircuits } from './faithfulLines.ts';
import type { Judgement, SeedMean } from './judgements.ts';
import { LineKey } from './lineKey.tsx';
import type { MethodLook } from './methodLooks.ts';
import type { MethodRow } from './records.ts';
import { methodRecords } from './records.ts';
import { recordsCsv } from './recordTable.tsx';
import type { ShownCircuit } from './useShownCircuit.ts';

interface MethodPanelProps {
  readonly shown: ShownCircuit;
  readonly judgements: readonly Judgement[];
}

export function MethodPanel({ shown, judgements }: MethodPanelProps): ReactElement {
  const { view, looks, method } = shown;
  const order = useCircuits((settings) => settings.order);
  const change = useChangeCircuits();
  const rows = useMemo(() => methodRows(view, looks, judgements, order), [view, looks, judgements, order]);
  const [showsCost, setShowsCost] = useState(false);
  return (
    <Panel
      title="Methods"
      caption="± half of the 95 % interval over seeds, of CPR and CMD over prompts; [ ] 95 % over nodes as if drawn. CMD: less is more faithful; CPR: more is not always better."
      controls={
        <Button
          look="plain"
          className="circuits-more"
          aria-pressed={showsCost}
          onClick={() => setShowsCost(!showsCost)}
        >
          Ties and cost
        </Button>
      }
      exports={{ name: 'circuit-methods', csv: () => recordsCsv(methodRecords(rows)) }}
    >
      <FitBox>
        {({ width }) => (
          <Table
            label="Methods"
            rows={rows}
            columns={columnsOf(width, showsCost)}
            keyOf={({ look }) => look.id}
            selected={method?.id ?? null}
            onSelect={({ look }) => look.id !== randomCircuits && change({ method: look.id })}
          />
        )}
      </FitBox>
    </Panel>
  );
}

function methodRows(
  view: CircuitView,
  looks: readonly MethodLook[],
  judgements: readonly Judgement[],
  order: NodeOrder,
): readonly MethodRow[] {
  const own = looks.map((look) => ({
    look,
    judgement: judgements.find(({ method }) => method === look.id) ?? null,
    area: areaOf(view, look.id, order),
    ...costOf(view, look.id),
  }));
  const area = areaOf(view, randomCircuits, order);
  const random = { look: randomLook, judgement: null, area, seconds: NaN, passes: { forward: NaN, backward: NaN } };
  const all = Number.isNaN(area.cmd) ? own : [random, ...own];
  return roles.flatMap((role) => all.filter(({ look }) => look.role === role));
}

const roles = ['method', 'control', 'reference'] as const;

const randomLook: MethodLook = {
  ...{ id: randomCircuits, title: 'Random circuits, mean', role: 'control', colour: 'var(--mark)', dash: '1 4' },
};

/** Of all its seeds. */
function costOf({ ranking }: CircuitView, method: string): Pick<MethodRow, 'seconds' | 'passes'> {
  const own = ranking.filter((row) => row.method === method && row.seed !== 'mean');
  const sum = (pick: (row: (typeof own)[number]) => number) => own.reduce((total, row) => total + pick(row), 0);
  return {
    seconds: sum(({ seconds }) => seconds),
    passes: { forward: sum(({ forwardPasses }) => forwardPasses), backward: sum((row) => row.backwardPasses) },
  };
}

const named: readonly TableColumn<MethodRow>[] = [
  {
    ...{ id: 'method', title: 'Method', width: 'minmax(210px, 1.6fr)' },
    cell: ({ look }) => <LineKey look={look} />,
    sortBy: ({ look }) => look.title,
  },
  { id: 'role', title: 'Role', width: '60px', cell: ({ look }) => look.role, sortBy: ({ look }) => look.role },
  mean('auc', 'AUC', 'Area under ROC against the reference, trapezoid over ties', (row) => row?.auc),
];

const ranked: readonly TableColumn<MethodRow>[] = [
  mean('precision', 'Av. prec.', 'Average precision against the reference', (row) => row?.averagePrecision),
  mean('f1', 'Best F1', 'Best F1 over all thresholds', (row) => row?.f1),
  areaColumn('cmd', 'CMD', 'Area of |1 − f| over the budgets: less is more faithful'),
  areaColumn('cpr', 'CPR', 'Area under f over the budgets: more is not always better'),
  number('seeds', 'Seeds', 'Rankings that the numbers are the mean of', ({ judgement }) => judgement?.auc.n ?? NaN),
];

/** The other rule for ties, and what each method took. */
const further: readonly TableColumn<MethodRow>[] = [
  mean(
    'pessimistic',
    'AUC, pess.',
    'Pessimistic area under ROC: ties and nodes without a score count against the method',
    (row) => row?.pessimistic,
  ),
  number('seconds', 'Seconds', 'Of all seeds together', ({ seconds }) => seconds),
  number('forward', 'Forward', 'Prompts run forward, of all seeds together', ({ passes }) => passes.forward),
  number('backward', 'Backward', 'Prompts run backward, of all seeds together', ({ passes }) => passes.backward),
];

/** In a window of 1,280 pixels one half of the columns at a time. */
function columnsOf(width: number, showsCost: boolean): readonly TableColumn<MethodRow>[] {
  if (width >= WIDE) return every;
  return showsCost ? costs : compared;
}

const compared = [...named, ...ranked];
const costs = [...named, ...further];
const every = [...named, ...ranked, ...further];

/** Pixels at which all columns have room. */
const WIDE = 1040;

function mean(
  id: string,
  title: string,
  about: string,
  pick: (judgement: Judgement | null) => SeedMean | undefined,
): TableColumn<MethodRow> {
  return {
    ...{ id, title, about, width: `minmax(${id === 'f1' ? 78 : 114}px, 1fr)`, align: 'right' },
    cell: ({ judgement }) => meanWords(pick(judgement)),
    sortBy: ({ judgement }) => pick(judgement)?.mean ?? NaN,
  };
}

/** `0.84 ±0.04` over seeds; `0.84 [0.70, 0.93]` over nodes. */
function meanWords(value: SeedMean | undefined): string {
  if (value === undefined) return '–';
  const text = formatFixed(value.mean, 2);
  if (value.interval === null) {
    const ends = value.overNodes?.map((end) => formatFixed(end, 2)).join(', ');
    return ends === undefined ? text : `${text} [${ends}]`;
  }
  return `${text} ${formatHalfWidth((value.interval[1] - value.interval[0]) / 2, 2)}`;
}

/** `0.12 ±0.01` */
function areaColumn(id: 'cpr' | 'cmd', title: string, about: string): TableColumn<MethodRow> {
  return {
    ...{ id, title, about, width: 'minmax(78px, 0.8fr)', align: 'right' },
    cell: ({ area }) => {
      if (Number.isNaN(area[id])) return '–';
      const text = formatFixed(area[id], 2);
      const interval = area.intervals?.[id] ?? null;
      return interval === null ? text : `${text} ${formatHalfWidth((interval[1] - interval[0]) / 2, 2)}`;
    },
    sortBy: ({ area }) => area[id],
  };
}

function number(id: string, title: string, about: string, pick: (row: MethodRow) => number): TableColumn<MethodRow> {
  return {
    ...{ id, title, about, width: 'minmax(46px, 0.6fr)', align: 'right' },
    cell: (row) => {
      const value = pick(row);
      return Number.isNaN(value) ? '–' : formatNumber(value);
    },
    sortBy: pick,
  };
}
