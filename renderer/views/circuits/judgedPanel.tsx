/** ROC or precision and recall of every method against the reference; mean and interval over seeds. */
import type { ReactElement, Ref } from 'react';
import { useMemo, useRef } from 'react';
import { FitBox } from '../../marks/fitBox.tsx';
import type { LineSeries } from '../../marks/lineChart.tsx';
import { LineChart } from '../../marks/lineChart.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Empty } from '../../parts/states.tsx';
import { formatFixed } from '../../marks/format.ts';
import type { JudgedCurve } from './circuitsSettings.ts';
import { useChangeCircuits, useCircuits } from './circuitsSettings.ts';
import type { Judgement } from './judgements.ts';
import { curveOver, precisionAt, rocAt } from './judgements.ts';
import type { MethodLook } from './methodLooks.ts';
import { curveRecords } from './records.ts';
import { recordsCsv, RecordTable } from './recordTable.tsx';
import { referenceTitle } from './referenceTitle.ts';
import type { CircuitReference, ShownCircuit } from './useShownCircuit.ts';

interface JudgedPanelProps {
  readonly shown: ShownCircuit;
  readonly judgements: readonly Judgement[];
}

const curves = [
  { value: 'roc', title: 'ROC' },
  { value: 'precisionRecall', title: 'Precision' },
] as const;

export function JudgedPanel({ shown, judgements }: JudgedPanelProps): ReactElement {
  const curve = useCircuits((settings) => settings.judgedCurve);
  const change = useChangeCircuits();
  const picture = useRef<Picture>(null);
  const records = useMemo(() => curveRecords(judgements, curve), [judgements, curve]);
  return (
    <Panel
      title="Against the reference"
      controls={
        <Segments label="Curve" value={curve} options={curves} onChange={(next) => change({ judgedCurve: next })} />
      }
      exports={{ name: `circuit-${curve}`, csv: () => recordsCsv(records), picture: () => picture.current }}
      table={() => <RecordTable label="Points of the curves" records={records} />}
    >
      {shown.reference === null ? (
        <Empty title="No reference">
          No circuit is planted or published for this model, and no effect of single nodes was measured.
        </Empty>
      ) : (
        <div className="circuits-drawing">
          <JudgedChart
            {...{ judgements, curve, picture }}
            looks={shown.looks}
            reference={shown.reference}
            chosen={shown.method?.id ?? null}
          />
        </div>
      )}
    </Panel>
  );
}

interface JudgedChartProps {
  readonly judgements: readonly Judgement[];
  readonly looks: readonly MethodLook[];
  readonly reference: CircuitReference;
  readonly chosen: string | null;
  readonly curve: JudgedCurve;
  readonly picture: Ref<Picture>;
}

function JudgedChart({ judgements, looks, reference, chosen, curve, picture }: JudgedChartProps): ReactElement {
  const isRoc = curve === 'roc';
  const series = useMemo(() => seriesOf(judgements, looks, curve, chosen), [judgements, looks, curve, chosen]);
  return (
    <FitBox>
      {(size) => (
        <LineChart
          {...size}
          ref={picture}
          title={`${referenceTitle(reference)}, ${isRoc ? 'AUC' : 'average precision'}`}
          series={series}
          xTitle={isRoc ? 'false positives, share of other nodes' : 'recall'}
          yTitle={isRoc ? 'true positives, share of the reference' : 'precision'}
          xDomain={[0, 1]}
          yDomain={[0, 1]}
          diagonal={isRoc}
          wrapsNames
          label={`${isRoc ? 'ROC' : 'Precision and recall'} of every method against ${referenceTitle(reference)}`}
        />
      )}
    </FitBox>
  );
}

function seriesOf(
  judgements: readonly Judgement[],
  looks: readonly MethodLook[],
  curve: JudgedCurve,
  chosen: string | null,
): readonly LineSeries[] {
  return looks.flatMap(({ id, title, role, colour, dash }) => {
    const judgement = judgements.find(({ method }) => method === id);
    if (judgement === undefined) return [];
    const { mean } = curve === 'roc' ? judgement.auc : judgement.averagePrecision;
    const points = judgement.rows.map((row) => row[curve]);
    const line = curveOver(points, curve === 'roc' ? rocAt : precisionAt);
    const own = { ...line, hidesBand: id !== chosen };
    return [{ ...own, id, colour, dash, control: role === 'control', name: `${title} ${formatFixed(mean, 2)}` }];
  });
}
