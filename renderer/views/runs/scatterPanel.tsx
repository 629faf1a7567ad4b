/** Each head a point: along x the other run, along y the chosen one. Where both say the same thing, y = x is agreement. */
import type { ReactElement } from 'react';
import { useCallback, useMemo, useRef } from 'react';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatFixed } from '../../marks/format.ts';
import { cellName } from '../../marks/headShape.ts';
import type { Picture } from '../../marks/picture.ts';
import { Scatter } from '../../marks/scatter/scatter.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { correlation } from '../heads/correlation.ts';
import type { Pair } from './pairTable.tsx';
import { pairCsv, PairTable } from './pairTable.tsx';
import type { OverlaySelection } from './useOverlaySelection.ts';

interface ScatterPanelProps extends Pair {
  readonly selection: OverlaySelection;
}

export function ScatterPanel({ selection, ...pair }: ScatterPanelProps): ReactElement {
  const { shape, a, b, version } = pair;
  const picture = useRef<Picture>(null);
  const x = useAxis('B', b, version);
  const y = useAxis('A', a, version);
  const { r, n } = useMemo(() => correlation(x.values, y.values), [x, y]);
  const name = useCallback((index: number) => cellName(shape, index), [shape]);
  return (
    <Panel
      title="Head by head"
      aside={
        <code title="Pearson correlation over the heads that are known in both">
          {`r = ${formatFixed(r, 3)}\u2002n = ${n}`}
        </code>
      }
      exports={{ name: 'runs-overlay', csv: () => pairCsv(pair), picture: () => picture.current }}
      table={() => <PairTable pair={pair} />}
    >
      {n === 0 ? (
        <Empty title="No head is known in both yet">Points appear as the numbers come.</Empty>
      ) : (
        <FitBox>
          {(size) => (
            <Scatter
              {...size}
              {...selection}
              ref={picture}
              x={x}
              y={y}
              name={name}
              diagonal={isSameUnit(a, b)}
              label={`Heads by ${x.title} and ${y.title}`}
            />
          )}
        </FitBox>
      )}
    </Panel>
  );
}

/** Numbers of one unit, both with a sign or both without, can be held against y = x. */
export function isSameUnit(a: HeadMeasure, b: HeadMeasure): boolean {
  return a.unit === b.unit && a.signed === b.signed;
}

/** A copy at each change: the drawing compares arrays. */
function useAxis(run: string, { title, unit, values }: HeadMeasure, version: string) {
  return useMemo(() => {
    void version;
    return { title: `${run}: ${title}${unit === '' ? '' : ` (${unit})`}`, values: values.slice() };
  }, [run, title, unit, values, version]);
}
