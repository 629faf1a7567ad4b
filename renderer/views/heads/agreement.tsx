/** Two measures of the same heads against each other: where both estimate the same, the line y = x is agreement. */
import type { ReactElement } from 'react';
import { useCallback, useMemo, useRef } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useHeadMeasures, useSelection, useWorkspace } from '../../api/hooks.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatFixed } from '../../marks/format.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { cellName, headIndex } from '../../marks/headShape.ts';
import type { Picture } from '../../marks/picture.ts';
import { Scatter } from '../../marks/scatter/scatter.tsx';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { correlation } from './correlation.ts';
import { MeasurePicker } from './measurePicker.tsx';
import { isSameQuantity, proposedSecond } from './otherMeasure.ts';
import { useVersion } from './shown.ts';

interface AgreementProps {
  readonly heads: HeadShape;
  readonly measure: HeadMeasure | null;
}

export function Agreement({ heads, measure }: AgreementProps): ReactElement {
  const { workspace } = useWorkbench();
  const list = useHeadMeasures();
  const chosen = useWorkspace((state) => state.second);
  const others = useMemo(() => list.filter(({ id }) => id !== measure?.id), [list, measure]);
  const second = others.find(({ id }) => id === chosen) ?? (measure === null ? null : proposedSecond(list, measure));
  if (measure === null || second === null) {
    return (
      <Panel title="Agreement">
        <Empty title="Two measures are needed">
          Run a second one, such as an AtP estimate beside an ablation: each head is then a point, and where the two
          disagree shows.
        </Empty>
      </Panel>
    );
  }
  const select = (
    <MeasurePicker
      label="Measure along x"
      value={second.id}
      list={others}
      onChange={(id) => workspace.set({ second: id })}
    />
  );
  return <Points {...{ heads, measure, second, select }} />;
}

interface PointsProps {
  readonly heads: HeadShape;
  readonly measure: HeadMeasure;
  readonly second: HeadMeasure;
  readonly select: ReactElement;
}

function Points({ heads, measure, second, select }: PointsProps): ReactElement {
  const { selection } = useWorkbench();
  const picture = useRef<Picture>(null);
  const isSame = isSameQuantity(measure, second);
  const x = useAxis(second);
  const y = useAxis(measure);
  const { r, n } = useMemo(() => correlation(x.values, y.values), [x, y]);
  const name = useCallback((index: number) => cellName(heads, index), [heads]);
  const chosen = useChosen(heads);
  const headAt = (index: number): HeadRef => ({ layer: Math.floor(index / heads.heads), head: index % heads.heads });
  return (
    <Panel
      title={isSame ? 'Agreement' : 'Scatter'}
      controls={select}
      aside={
        <code title="Pearson correlation over the heads that are known in both">
          {`r = ${formatFixed(r, 3)}`}
          <span className="heads-known">{`, ${n} heads`}</span>
        </code>
      }
      exports={{
        name: 'agreement',
        csv: () => pointsCsv(name, x, y),
        picture: () => picture.current,
      }}
    >
      {n === 0 ? (
        <Empty title="No head is known in both yet">Points appear as the numbers come.</Empty>
      ) : (
        <FitBox>
          {(size) => (
            <Scatter
              {...size}
              {...chosen}
              ref={picture}
              x={x}
              y={y}
              name={name}
              diagonal={isSame}
              highlight={selection.hover}
              onHover={selection.hover.set}
              onPrimary={(index) => selection.setPrimary(headAt(index))}
              onToggle={(index) => selection.toggle(headAt(index))}
              onLasso={(indices) => selection.setSet(indices.map(headAt))}
              label={`Heads by ${x.title} and ${y.title}`}
            />
          )}
        </FitBox>
      )}
    </Panel>
  );
}

/** A copy at each change: the drawing compares arrays. */
function useAxis(measure: HeadMeasure) {
  const version = useVersion(measure);
  return useMemo(() => {
    void version;
    return { title: axisTitle(measure), values: measure.values.slice() };
  }, [measure, version]);
}

function axisTitle({ title, unit }: HeadMeasure): string {
  return unit === '' ? title : `${title} (${unit})`;
}

function useChosen(heads: HeadShape) {
  const set = useSelection((state) => state.set);
  const primary = useSelection((state) => state.primary);
  const pinned = useSelection((state) => state.pinned);
  return useMemo(() => {
    const at = (head: HeadRef | null) => (head === null ? null : headIndex(heads, head.layer, head.head));
    const cells = set.map(({ layer, head }) => headIndex(heads, layer, head));
    return { set: new Set(cells), primary: at(primary), pinned: at(pinned) };
  }, [heads, set, primary, pinned]);
}

type Axis = ReturnType<typeof useAxis>;

function pointsCsv(name: (index: number) => string, x: Axis, y: Axis): string {
  const rows = Array.from(x.values, (value, i) => [name(i), value, y.values[i] ?? NaN]);
  return csvOf(['head', x.title, y.title], rows);
}
