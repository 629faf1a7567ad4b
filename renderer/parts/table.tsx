/**
 * A table of any length: only rows in sight are there. Arrow keys move the selected row, Enter opens it, a column's name
 * sorts by it.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import type { KeyboardEvent, ReactElement, ReactNode } from 'react';
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { Icon } from './icon.tsx';
import type { SortKey, SortState } from './sortRows.ts';
import { nextSort, sortRows } from './sortRows.ts';
import './table.css';

export interface TableColumn<R> {
  readonly id: string;
  readonly title: string;
  /** What a short title stands for, in full. */
  readonly about?: string;
  /** CSS track: `120px`, `1fr`, `minmax(80px, 1fr)`. */
  readonly width: string;
  readonly align?: 'left' | 'right';
  readonly isCode?: boolean;
  readonly cell: (row: R) => ReactNode;
  /** What the column is sorted by; not sortable without. */
  readonly sortBy?: (row: R) => SortKey;
}

export interface TableProps<R> {
  /** What the table is, for those who don't see it. */
  readonly label: string;
  readonly columns: readonly TableColumn<R>[];
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string;
  readonly selected?: string | null;
  readonly onSelect?: (row: R) => void;
  readonly onOpen?: (row: R) => void;
  /** Space, on the selected row. */
  readonly onToggle?: (row: R) => void;
  readonly onHover?: (row: R | null) => void;
  readonly initialSort?: SortState;
  /** Rows come sorted so already; a column's name then asks for another order. */
  readonly sorted?: SortState;
  readonly onSort?: (sort: SortState) => void;
  /** Of rows that stand out: the set of heads. */
  readonly isMarked?: (row: R) => boolean;
}

const ROW_HEIGHT = 24;
/** As in the style sheet: the names of the columns stay above the rows, within what scrolls. */
const HEAD_HEIGHT = 28;
/** Rows in a page where the height is not known. */
const PAGE = 10;

export function Table<R>(props: TableProps<R>): ReactElement {
  const { label, columns, rows, keyOf, selected = null, onSelect, onOpen, onHover, isMarked } = props;
  const [ownSort, setOwnSort] = useState<SortState | null>(props.initialSort ?? null);
  const isSorted = props.sorted !== undefined;
  const sort = props.sorted ?? ownSort;
  const setSort = props.onSort ?? setOwnSort;
  const scroller = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => {
    const by = columns.find(({ id }) => id === sort?.column)?.sortBy;
    return isSorted || by === undefined || sort === null ? rows : sortRows(rows, by, sort.direction);
  }, [rows, columns, sort, isSorted]);
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollPaddingEnd: HEAD_HEIGHT,
  });
  const at = sorted.findIndex((row) => keyOf(row) === selected);
  const moveTo = (index: number) => {
    const row = sorted[Math.min(sorted.length - 1, Math.max(0, index))];
    if (row !== undefined) onSelect?.(row);
  };
  const show = useEffectEvent(() => (at < 0 ? undefined : virtual.scrollToIndex(at)));
  // What is selected elsewhere comes into sight here, also where its row comes after it was selected.
  const isThere = at >= 0;
  useEffect(() => show(), [selected, isThere]);
  const onKeyDown = (event: KeyboardEvent) => {
    const current = sorted[at];
    if (event.key === 'Enter' && current !== undefined && event.target === event.currentTarget)
      return onOpen?.(current);
    if (
      event.key === ' ' &&
      current !== undefined &&
      event.target === event.currentTarget &&
      props.onToggle !== undefined
    ) {
      event.preventDefault();
      return props.onToggle(current);
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? PAGE * ROW_HEIGHT) / ROW_HEIGHT) - 1);
    const target = keyTarget(event.key, at, sorted.length, page);
    if (target === null || onSelect === undefined) return;
    event.preventDefault();
    moveTo(target);
  };
  const tracks = { gridTemplateColumns: columns.map(({ width }) => width).join(' ') };

  const rowAt = ({ target }: { readonly target: EventTarget }): R | null => {
    const index =
      target instanceof Element ? target.closest<HTMLElement>('tr[data-index]')?.dataset['index'] : undefined;
    return index === undefined ? null : (sorted[Number(index)] ?? null);
  };
  const withRow = (event: { readonly target: EventTarget }, act: ((row: R) => void) | undefined) => {
    const row = rowAt(event);
    if (row !== null) act?.(row);
  };

  return (
    <div ref={scroller} className="table">
      <table
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={sorted.length + 1}
        aria-activedescendant={at < 0 ? undefined : rowId(label, keyOf(sorted[at] as R))}
        onKeyDown={onKeyDown}
        onClick={(event) => withRow(event, onSelect)}
        onDoubleClick={(event) => withRow(event, onOpen)}
        onPointerOver={(event) => onHover?.(rowAt(event))}
        onPointerLeave={() => onHover?.(null)}
      >
        <thead>
          <tr className="table-head" aria-rowindex={1} style={tracks}>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sort={sort} onSort={() => setSort(nextSort(sort, column.id))} />
            ))}
          </tr>
        </thead>
        <tbody style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = sorted[index] as R;
            const key = keyOf(row);
            return (
              <tr
                key={key}
                id={rowId(label, key)}
                className="table-row"
                data-index={index}
                aria-rowindex={index + 2}
                aria-selected={onSelect === undefined ? undefined : key === selected}
                data-marked={isMarked?.(row) ?? false}
                style={{ ...tracks, transform: `translateY(${start}px)` }}
              >
                {columns.map(({ id, align = 'left', isCode = false, cell }) => (
                  <td key={id} className="table-cell" data-align={align} data-code={isCode}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface HeadCellProps<R> {
  readonly column: TableColumn<R>;
  readonly sort: SortState | null;
  readonly onSort: () => void;
}

function HeadCell<R>({ column, sort, onSort }: HeadCellProps<R>): ReactElement {
  const { id, title, about, align = 'left', sortBy } = column;
  const direction = sort?.column === id ? sort.direction : null;
  return (
    <th className="table-cell" data-align={align} title={about} aria-sort={direction ?? 'none'}>
      {sortBy === undefined ? (
        title
      ) : (
        <button type="button" className="table-sort" onClick={onSort}>
          {title}
          {direction !== null && (
            <span className="table-direction" data-direction={direction}>
              <Icon name="down" size={10} />
            </span>
          )}
        </button>
      )}
    </th>
  );
}

function rowId(label: string, key: string): string {
  return `row ${label} ${key}`.replaceAll(/\s+/g, '-');
}

function keyTarget(key: string, at: number, count: number, page: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return at + 1;
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'PageDown':
      return at + page;
    case 'PageUp':
      return at - page;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
