/** One small drawing a criterion: a matrix of heads or KV groups, bars of layers or MLPs. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import { useSelection } from '../../api/hooks.ts';
import { hoverOfCells, matrixCells } from '../../api/matrixCells.ts';
import { scaleOf } from '../../api/measureScale.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { ColumnBars } from '../../marks/columnBars.tsx';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatNumber } from '../../marks/format.ts';
import { HeadMatrix } from '../../marks/headMatrix/headMatrix.tsx';
import { Legend } from '../../marks/legend.tsx';
import { PartialNote } from '../../parts/states.tsx';
import type { LineWriter } from '../ablate/sweepsLine.tsx';
import { SweepsLine } from '../ablate/sweepsLine.tsx';
import { headsShapeOf } from './headsShapeOf.ts';
import type { CriterionColumn, ImportanceView } from '../../api/importanceFold.ts';
import { unitAt, unitName, unitWords } from './pruneUnits.ts';

type Facts = ImportanceView['header']['criteria'][number];

export function CriteriaDrawings({ view }: { readonly view: ImportanceView }): ReactElement {
  const line = useRef<LineWriter>(null);
  const write = (at: number | null) => line.current?.write(at === null ? '' : wordsOf(view, at));
  return (
    <>
      <div className="prune-drawings">
        {view.columns.map((column) => {
          const facts = view.header.criteria.find(({ id }) => id === column.id);
          return facts === undefined ? null : <Criterion key={column.id} {...{ view, column, facts, write }} />;
        })}
      </div>
      <SweepsLine ref={line} idle="Point at a unit to read every criterion of it. More is more worth keeping." />
    </>
  );
}

/** `L1G2: Loss without it 0.41 [0.38, 0.45]; Write norm 3.2` */
function wordsOf({ header, columns }: ImportanceView, at: number): string {
  const name = unitName(header.unit, unitAt(header.shape, header.unit, at));
  const values = columns.map(({ id, values: all, low, high }) => {
    const title = header.criteria.find((one) => one.id === id)?.title ?? id;
    const [value, from, to] = [all[at] ?? NaN, low[at] ?? NaN, high[at] ?? NaN];
    if (Number.isNaN(value)) return `${title} not known`;
    return `${title} ${formatNumber(value)}${Number.isNaN(from) ? '' : ` [${formatNumber(from)}, ${formatNumber(to)}]`}`;
  });
  return `${name}: ${values.join('; ')}`;
}

interface CriterionProps {
  readonly view: ImportanceView;
  readonly column: CriterionColumn;
  readonly facts: Facts;
  readonly write: (at: number | null) => void;
}

function Criterion({ view, column, facts, write }: CriterionProps): ReactElement {
  const { unit } = view.header;
  const scale = scaleOf({ values: column.values, range: null, signed: facts.signed });
  const isPartial = column.known < column.values.length;
  return (
    <figure className="prune-criterion">
      <figcaption title={`${facts.formula} (${facts.source}; ${facts.rule})`}>
        <span>{facts.title}</span>
        {isPartial && <PartialNote known={column.known} total={column.values.length} of={unitWords(unit)} />}
        {facts.id === 'shapley' && <small>{`${view.orders} orders`}</small>}
      </figcaption>
      <div className="prune-drawing">
        {unit === 'head' || unit === 'kv-group' ? (
          <UnitMatrix {...{ view, column, facts, write, unit, scale }} />
        ) : (
          <UnitBars {...{ view, column, facts, write }} />
        )}
      </div>
      {(unit === 'head' || unit === 'kv-group') && <Legend scale={scale} title={facts.unit} width={80} />}
    </figure>
  );
}

type MatrixProps = CriterionProps & {
  readonly unit: 'head' | 'kv-group';
  readonly scale: ReturnType<typeof scaleOf>;
};

function UnitMatrix({ view, column, facts, write, unit, scale }: MatrixProps): ReactElement {
  const { selection } = useWorkbench();
  const { header } = view;
  const heads = useMemo(() => headsShapeOf(header), [header]);
  const cells = useMemo(() => matrixCells(heads, unit), [heads, unit]);
  const hover = useMemo(() => hoverOfCells(selection.hover, cells, heads), [selection, cells, heads]);
  const primary = useSelection((state) => state.primary);
  const significant = useMemo(() => significantOf(column), [column]);
  return (
    <FitBox>
      {(size) => (
        <HeadMatrix
          {...size}
          {...{ scale, significant }}
          shape={cells.shape}
          unit={unit}
          values={column.values}
          numbers={0}
          measure={facts.title}
          primary={primary === null ? null : cells.cellOf(primary)}
          highlight={hover}
          onHover={(cell) => {
            hover.set(cell);
            write(cell);
          }}
          onPrimary={(cell) => selection.setPrimary(cells.headsIn(cell)[0] ?? null)}
          label={`${unit === 'head' ? 'Heads' : 'KV groups'} by layer: ${facts.title}`}
        />
      )}
    </FitBox>
  );
}

/** 1 where the 95 % interval excludes 0. */
function significantOf({ low, high }: CriterionColumn): Uint8Array {
  return Uint8Array.from(low, (from, at) => Number(from > 0 || (high[at] ?? NaN) < 0));
}

function UnitBars({ view, column, facts, write }: CriterionProps): ReactElement {
  const { unit, shape } = view.header;
  const at = (numbers: Float32Array, i: number) => {
    const number = numbers[i] ?? NaN;
    return Number.isNaN(number) ? null : number;
  };
  const bars = Array.from(column.values, (value, i) => ({
    ...{ name: unitName(unit, unitAt(shape, unit, i)).replace('MLP', ''), value },
    ...{ low: at(column.low, i), high: at(column.high, i) },
  }));
  return (
    <FitBox>
      {(size) => (
        <ColumnBars
          {...size}
          {...{ bars }}
          title={facts.unit}
          signed={facts.signed}
          onHover={write}
          label={`${unit === 'mlp' ? 'MLPs' : 'Layers'}: ${facts.title}`}
        />
      )}
    </FitBox>
  );
}
