/** Rank correlation of every pair of methods, or what their best tenths have in common. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatFixed } from '../../marks/format.ts';
import type { Picture } from '../../marks/picture.ts';
import { ValueGrid } from '../../marks/valueGrid/valueGrid.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Empty } from '../../parts/states.tsx';
import { agreementGrid } from './agreementGrid.ts';
import { useChangeCircuits, useCircuits } from './circuitsSettings.ts';
import { agreementRecords } from './records.ts';
import { recordsCsv, RecordTable } from './recordTable.tsx';
import type { ShownCircuit } from './useShownCircuit.ts';

const kinds = [
  { value: 'spearman', title: 'Rank correlation' },
  { value: 'jaccard', title: 'Best tenth' },
] as const;

export function AgreementPanel({ view, looks }: ShownCircuit): ReactElement {
  const measure = useCircuits((settings) => settings.agreement);
  const change = useChangeCircuits();
  const picture = useRef<Picture>(null);
  const records = useMemo(() => agreementRecords(view), [view]);
  const ids = useMemo(() => looks.map(({ id }) => id), [looks]);
  const values = useMemo(() => agreementGrid(view.agreement, ids, measure), [view, ids, measure]);
  const titles = useMemo(() => looks.map(({ title }) => title), [looks]);
  const describe = (cell: number) => {
    const [a, b] = [titles[Math.floor(cell / ids.length)] ?? '', titles[cell % ids.length] ?? ''];
    return `${a} with ${b}: ${measure === 'spearman' ? 'Spearman' : 'Jaccard'} ${formatFixed(values[cell] ?? NaN, 2)}`;
  };
  return (
    <Panel
      title="Agreement"
      controls={
        <Segments label="Agreement" value={measure} options={kinds} onChange={(next) => change({ agreement: next })} />
      }
      caption={`${view.header.nodes.length} nodes; ${measure === 'spearman' ? 'Spearman’s ρ of scores' : 'Jaccard of the best tenth'}`}
      exports={{ name: 'circuit-agreement', csv: () => recordsCsv(records), picture: () => picture.current }}
      table={() => <RecordTable label="Agreement of pairs" records={records} />}
    >
      {view.agreement.length === 0 ? (
        <Empty title="Not compared yet">Methods are compared once all rankings are there.</Empty>
      ) : (
        <div className="circuits-drawing">
          <FitBox>
            {(size) => (
              <ValueGrid
                {...size}
                {...{ values, describe }}
                ref={picture}
                rows={titles}
                columns={ids}
                scale={measure === 'spearman' ? { kind: 'signed', limit: 1 } : { kind: 'sequential', low: 0, high: 1 }}
                numbers={ids.length ** 2}
                onPrimary={(cell) => change({ method: ids[Math.floor(cell / ids.length)] ?? null })}
                label="Agreement of methods"
              />
            )}
          </FitBox>
        </div>
      )}
    </Panel>
  );
}
