/** How many prompts a count needs: a score that grows with their number can't be compared between runs. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import { FitBox } from '../../marks/fitBox.tsx';
import type { LineSeries } from '../../marks/lineChart.tsx';
import { LineChart } from '../../marks/lineChart.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import type { MethodLook } from './methodLooks.ts';
import { sampledRecords } from './records.ts';
import { recordsCsv, RecordTable } from './recordTable.tsx';
import type { SampledLine } from './sampledLines.ts';
import { leftOutWords, sampledLines } from './sampledLines.ts';
import { referenceTitle } from './referenceTitle.ts';
import type { ShownCircuit } from './useShownCircuit.ts';

export function SampledPanel({ view, looks, reference, method }: ShownCircuit): ReactElement {
  const picture = useRef<Picture>(null);
  const records = useMemo(() => sampledRecords(view), [view]);
  const lines = useMemo(() => (reference === null ? [] : sampledLines(view.sampled, reference.id)), [view, reference]);
  const chosen = method?.id ?? null;
  const series = useMemo(() => lines.flatMap((line) => seriesOf(line, looks, chosen)), [lines, looks, chosen]);
  return (
    <Panel
      title="Prompts counted"
      caption={captionOf(view, looks)}
      exports={{ name: 'circuit-prompts-counted', csv: () => recordsCsv(records), picture: () => picture.current }}
      table={() => <RecordTable label="AUC by prompts" records={records} />}
    >
      {series.length === 0 ? (
        <Empty title="Nothing to draw">No method of this run counts prompts, or none has been counted yet.</Empty>
      ) : (
        <div className="circuits-drawing">
          <FitBox>
            {(size) => (
              <LineChart
                {...size}
                ref={picture}
                title={`AUC against ${reference === null ? 'nothing' : referenceTitle(reference)}`}
                series={series}
                xTitle="prompts"
                yDomain={[0, 1]}
                wholeX
                level={{ name: 'chance', value: 0.5 }}
                wrapsNames
                label="AUC by number of prompts counted"
              />
            )}
          </FitBox>
        </div>
      )}
    </Panel>
  );
}

/** What is too few is named: a point that is not there would be taken for one that was not asked for. */
function captionOf({ unsampled }: ShownCircuit['view'], looks: readonly MethodLook[]): string {
  const about = 'AUC on the first n prompts, 95 % over seeds; of one ranking, over nodes';
  const missing = leftOutWords(unsampled, (method) => looks.find(({ id }) => id === method)?.title ?? method);
  return missing === '' ? about : `Left out, too few: ${missing}. ${about}`;
}

function seriesOf(
  { method, ...line }: SampledLine,
  looks: readonly MethodLook[],
  chosen: string | null,
): readonly LineSeries[] {
  const look = looks.find(({ id }) => id === method);
  if (look === undefined) return [];
  const { id, title, role, colour, dash } = look;
  return [{ ...line, hidesBand: id !== chosen, id, colour, dash, control: role === 'control', name: title }];
}
