/** By how much the chosen run's number of each head is above the other's. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import { roundUp } from '../../api/measureScale.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { HeadMatrix } from '../../marks/headMatrix/headMatrix.tsx';
import { Legend } from '../../marks/legend.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { differenceOf } from './overlaid.ts';
import type { Pair } from './pairTable.tsx';
import { pairCsv, PairTable } from './pairTable.tsx';
import { isSameUnit } from './scatterPanel.tsx';
import type { OverlaySelection } from './useOverlaySelection.ts';

interface DifferencePanelProps extends Pair {
  readonly selection: OverlaySelection;
}

export function DifferencePanel({ selection, ...pair }: DifferencePanelProps): ReactElement {
  const { shape, a, b, version } = pair;
  const picture = useRef<Picture>(null);
  const values = useMemo(() => {
    void version;
    return differenceOf(a.values, b.values);
  }, [a.values, b.values, version]);
  const scale = useMemo(() => scaleOfDifference(values), [values]);
  if (!isSameUnit(a, b)) {
    return (
      <Panel title="Difference">
        <Empty title="Not the same quantity">
          Numbers of two units have no difference. Choose measures of one unit.
        </Empty>
      </Panel>
    );
  }
  const title = `A − B${a.unit === '' ? '' : `, ${a.unit}`}`;
  return (
    <Panel
      title="Difference"
      aside={<Legend scale={scale} title={title} width={96} unknown={values.some(Number.isNaN)} />}
      exports={{ name: 'runs-difference', csv: () => pairCsv(pair), picture: () => picture.current }}
      table={() => <PairTable pair={pair} />}
    >
      <div className="runs-matrix">
        <FitBox>
          {(size) => (
            <HeadMatrix
              {...size}
              {...selection}
              ref={picture}
              shape={shape}
              values={values}
              scale={scale}
              // Cells have one decimal: of small differences it says nothing.
              numbers={scale.limit < 0.5 ? 0 : 12}
              measure="difference of the two runs"
              label={`Heads by layer: ${title}`}
            />
          )}
        </FitBox>
      </div>
    </Panel>
  );
}

function scaleOfDifference(values: Float32Array) {
  const largest = values.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);
  return { kind: 'signed', limit: roundUp(largest) } as const;
}
