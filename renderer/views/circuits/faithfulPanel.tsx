/** What the model does with the best nodes of each method alone, beside random circuits of the same size. */
import type { ReactElement, Ref } from 'react';
import { useMemo, useRef } from 'react';
import { FitBox } from '../../marks/fitBox.tsx';
import type { LineSeries } from '../../marks/lineChart.tsx';
import { LineChart } from '../../marks/lineChart.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Empty } from '../../parts/states.tsx';
import type { CircuitView } from './circuitRows.ts';
import { useChangeCircuits, useCircuits } from './circuitsSettings.ts';
import type { CurveMeasure, NodeOrder } from './faithfulLines.ts';
import { faithfulLine, randomBand, randomCircuits } from './faithfulLines.ts';
import type { MethodLook } from './methodLooks.ts';
import { faithfulRecords } from './records.ts';
import { recordsCsv, RecordTable } from './recordTable.tsx';
import type { ShownCircuit } from './useShownCircuit.ts';

export function FaithfulPanel({ view, looks, method }: ShownCircuit): ReactElement {
  const picture = useRef<Picture>(null);
  const records = useMemo(() => faithfulRecords(view), [view]);
  return (
    <Panel
      title="Faithfulness"
      controls={<CurveControls />}
      exports={{ name: 'circuit-faithfulness', csv: () => recordsCsv(records), picture: () => picture.current }}
      table={() => <RecordTable label="Circuits of each size, as the model runs with them" records={records} />}
    >
      {view.faithful.length === 0 ? (
        <Empty title="Not measured yet">
          The model is run with everything outside the best nodes replaced once the rankings are there.
        </Empty>
      ) : (
        <div className="circuits-drawing">
          <FaithfulChart {...{ view, looks, picture }} chosen={method?.id ?? null} />
        </div>
      )}
    </Panel>
  );
}

const curveMeasures = [
  { value: 'faithfulness', title: 'f' },
  { value: 'kl', title: 'KL' },
] as const;
const orders = [
  { value: 'absolute', title: 'By size' },
  { value: 'signed', title: 'By sign' },
] as const;

function CurveControls(): ReactElement {
  const curve = useCircuits((settings) => settings.curve);
  const order = useCircuits((settings) => settings.order);
  const change = useChangeCircuits();
  return (
    <>
      <Segments label="Measure" value={curve} options={curveMeasures} onChange={(next) => change({ curve: next })} />
      <Segments
        label="Order of signed scores"
        value={order}
        options={orders}
        onChange={(next) => change({ order: next })}
      />
    </>
  );
}

interface FaithfulChartProps {
  readonly view: CircuitView;
  readonly looks: readonly MethodLook[];
  readonly chosen: string | null;
  readonly picture: Ref<Picture>;
}

function FaithfulChart({ view, looks, chosen, picture }: FaithfulChartProps): ReactElement {
  const curve = useCircuits((settings) => settings.curve);
  const order = useCircuits((settings) => settings.order);
  const lines = useMemo(() => faithfulSeries(view, looks, order, curve), [view, looks, order, curve]);
  const series = useMemo(
    () => lines.map((line) => ({ ...line, hidesBand: line.id !== chosen && line.id !== randomCircuits })),
    [lines, chosen],
  );
  const isKl = curve === 'kl';
  const n = view.header.calibration.sequences;
  return (
    <FitBox>
      {(size) => (
        <LineChart
          {...size}
          ref={picture}
          title={isKl ? `KL(whole ‖ circuit), nats, n ${n}` : `f(C), 1 as the whole model, n ${n}`}
          series={series}
          xTitle="nodes that stay, share"
          log="x"
          xDomain={[1 / view.header.nodes.length, 1]}
          levels={isKl ? [] : zeroAndOne}
          wrapsNames
          label={`${isKl ? 'KL divergence' : 'Faithfulness'} of the best nodes of every method, by how many stay`}
        />
      )}
    </FitBox>
  );
}

const zeroAndOne = [
  { name: '', value: 0 },
  { name: '', value: 1 },
];

function faithfulSeries(
  view: CircuitView,
  looks: readonly MethodLook[],
  order: NodeOrder,
  measure: CurveMeasure,
): readonly LineSeries[] {
  const lines = looks.flatMap(({ id, title, role, colour, dash }) => {
    const { share, y, low, high } = positive(faithfulLine(view, id, order, measure));
    return share.length === 0
      ? []
      : [{ x: share, y, low, high, id, colour, dash, control: role === 'control', name: title }];
  });
  const { draws, ...random } = randomBand(view, measure);
  if (draws === 0) return lines;
  const { share, y, low, high } = positive(random);
  const name = `${draws} random, least to most`;
  return [
    { x: share, y, low, high, name, id: randomCircuits, control: true, colour: 'var(--mark)', dash: '1 4' },
    ...lines,
  ];
}

/** Without circuits that have no node: a logarithm has no place for them, and they are all alike. */
function positive({ share, ...rest }: ReturnType<typeof faithfulLine>) {
  const from = rest.k.findIndex((size) => size > 0);
  const cut = (list: readonly number[]) => (from < 0 ? [] : list.slice(from));
  return { share: cut(share), y: cut(rest.y), low: cut(rest.low), high: cut(rest.high) };
}
