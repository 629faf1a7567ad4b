/** All heads in the order of the measure, with the newest of every other measure beside it. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { useHeadMeasures, useSelection } from '../../api/hooks.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { ScoreTable } from '../../api/runTables.ts';
import { formatFixed, formatHalfWidth } from '../../marks/format.ts';
import { Empty } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { includesHead } from '../../state/headRefs.ts';
import { decimalsOf } from './decimals.ts';
import type { HeadRow } from './headRows.ts';
import { headRows } from './headRows.ts';
import { tagsOf } from './headTags.ts';
import type { MatrixCells } from '../../api/matrixCells.ts';
import type { Shown } from './shown.ts';
import { useVersion } from './shown.ts';
import { useTagged } from './useTagged.ts';

/** Columns of other measures, at most. */
const OTHERS = 8;

export function RankedTable({ shown }: { readonly shown: Shown }): ReactElement {
  const { measure } = shown;
  if (measure === null)
    return <Empty title="Nothing is measured yet">Run a measure: heads are then ranked here.</Empty>;
  return <Ranked shown={shown} measure={measure} />;
}

function Ranked({ shown, measure }: { readonly shown: Shown; readonly measure: HeadMeasure }): ReactElement {
  const { selection, workspace } = useWorkbench();
  const { cells, heads } = shown;
  const version = useVersion(measure);
  const primary = useSelection((state) => state.primary);
  const set = useSelection((state) => state.set);
  const others = useOthers(measure);
  const { table: tags, isTagged } = useTagged();
  const rows = useMemo(() => {
    void version;
    const all = headRows(measure, cells, heads);
    return isTagged === null ? all : all.filter(({ cell }) => isTagged(cells.headsIn(cell)));
  }, [measure, cells, heads, version, isTagged]);
  const columns = useMemo(() => columnsOf(measure, cells, rows, tags, others), [measure, cells, rows, tags, others]);
  return (
    <div className="heads-table">
      <Table
        label={`Heads by ${measure.title}`}
        columns={columns}
        rows={rows}
        keyOf={({ name }) => name}
        selected={primary === null ? null : cells.name(cells.cellOf(primary))}
        onSelect={({ head }) => selection.setPrimary(head)}
        onOpen={() => workspace.goTo('attention')}
        onToggle={({ head }) => selection.toggle(head)}
        onHover={(row) => selection.hover.set(row === null ? null : row.at)}
        isMarked={({ head }) => includesHead(set, head)}
      />
    </div>
  );
}

/** The newest of each name; numbers of KV groups beside those of KV groups only. */
function useOthers(measure: HeadMeasure): readonly HeadMeasure[] {
  const list = useHeadMeasures();
  return useMemo(() => {
    const isNewest = ({ short }: HeadMeasure, at: number) => list.findIndex((other) => other.short === short) === at;
    const isOther = ({ short, of }: HeadMeasure) => short !== measure.short && of === measure.of;
    return list.filter((other, at) => isOther(other) && isNewest(other, at)).slice(0, OTHERS);
  }, [list, measure]);
}

function columnsOf(
  measure: HeadMeasure,
  cells: MatrixCells,
  rows: readonly HeadRow[],
  tags: ScoreTable | null,
  others: readonly HeadMeasure[],
): readonly TableColumn<HeadRow>[] {
  const decimals = decimalsOf(measure);
  const group: TableColumn<HeadRow> = {
    ...{ id: 'group', title: 'KV', width: '36px', align: 'right' },
    cell: (row) => row.group,
    sortBy: (row) => row.group,
  };
  return [
    {
      ...{ id: 'rank', title: 'Rank', width: '44px', align: 'right' },
      cell: ({ rank }) => rank ?? '–',
      sortBy: ({ rank }) => rank,
    },
    {
      ...{ id: 'name', title: cells.unit === 'head' ? 'Head' : 'KV group', width: '64px', isCode: true },
      cell: ({ name }) => name,
      sortBy: ({ name }) => name,
    },
    ...(rows.some((row) => row.group !== null) && cells.unit === 'head' ? [group] : []),
    {
      ...{ id: 'value', title: valueTitle(measure), width: '136px', align: 'right' },
      cell: (row) => written(row, decimals),
      sortBy: ({ value }) => value,
    },
    {
      ...{ id: 'n', title: 'n', width: '36px', align: 'right' },
      cell: ({ rank }) => (rank === null || measure.samples === '' ? '–' : measure.n),
    },
    ...(tags === null || cells.unit !== 'head' ? [] : [tagColumn(tags)]),
    ...others.map((other) => otherColumn(other)),
  ];
}

/** What the pattern looks like; not what the ranking says. */
function tagColumn(table: ScoreTable): TableColumn<HeadRow> {
  const names = ({ head }: HeadRow) => tagsOf(table, head).map(({ tag }) => tag);
  return {
    ...{ id: 'tags', title: 'Pattern tags', width: '124px' },
    cell: (row) => <span title={names(row).join(', ')}>{names(row).join(', ')}</span>,
    sortBy: (row) => names(row).join(', ') || null,
  };
}

function otherColumn(measure: HeadMeasure): TableColumn<HeadRow> {
  const { id, short, values } = measure;
  const decimals = decimalsOf(measure);
  return {
    // Wide enough for its name: letters of small text are about 6 pixels wide.
    ...{ id, title: short, width: `${Math.max(72, 6 * short.length + 16)}px`, align: 'right' },
    cell: ({ at }) => formatFixed(values[at] ?? NaN, decimals),
    sortBy: ({ at }) => values[at] ?? NaN,
  };
}

function valueTitle({ short, unit }: HeadMeasure): string {
  return unit === '' ? short : `${short}, ${unit}`;
}

/** `−2.59 ±0.34`: half of the 95 % interval; a dash where unknown. */
function written({ value, low, high }: HeadRow, decimals: number): string {
  const text = formatFixed(value, decimals);
  if (Number.isNaN(value) || Number.isNaN(low)) return text;
  return `${text} ${formatHalfWidth((high - low) / 2, decimals)}`;
}
