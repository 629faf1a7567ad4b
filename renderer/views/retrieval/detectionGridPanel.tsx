/** Length by depth, as colours. */
import type { ReactElement } from 'react';
import { useMemo, useRef, useState } from 'react';
import type { RetrieveTable } from '../../api/retrieveTable.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatNumber } from '../../marks/format.ts';
import { Legend } from '../../marks/legend.tsx';
import type { Picture } from '../../marks/picture.ts';
import { ValueGrid } from '../../marks/valueGrid/valueGrid.tsx';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Empty } from '../../parts/states.tsx';
import { Table } from '../../parts/table.tsx';
import type { CellNumber, DetectionGrid } from './detectionGrid.ts';
import { cellWords, detectionGrid } from './detectionGrid.ts';
import { useChangeRetrieval, useRetrieval } from './retrievalSettings.ts';
import { withInterval } from './retrievalWords.ts';

const scale = { kind: 'sequential', low: 0, high: 1 } as const;

export function DetectionGridPanel({ table }: { readonly table: RetrieveTable }): ReactElement {
  const number = useRetrieval((settings) => settings.cells);
  const change = useChangeRetrieval();
  const picture = useRef<Picture>(null);
  const grid = useMemo(() => detectionGrid(table, number), [table, number]);
  const isForced = table.header.mode === 'forced';
  const what = wordsOf(number, isForced);
  return (
    <Panel
      title="Length by depth"
      controls={
        <Segments
          label="Number"
          value={number}
          options={[
            { value: 'success', title: isForced ? 'First choice' : 'Answered' },
            { value: 'copied', title: 'Copied' },
          ]}
          onChange={(cells) => change({ cells })}
        />
      }
      aside={<Legend scale={scale} title="share" width={64} />}
      {...(grid === null
        ? {}
        : {
            exports: { name: 'length-by-depth', csv: () => gridCsv(grid), picture: () => picture.current },
            table: () => <GridTable grid={grid} />,
          })}
    >
      {grid === null ? (
        <Empty title="No grid">These prepared runs say neither length nor depth.</Empty>
      ) : (
        <GridDrawing grid={grid} what={what} picture={picture} />
      )}
    </Panel>
  );
}

function wordsOf(number: CellNumber, isForced: boolean): string {
  if (number === 'copied') return 'answer’s tokens that some head copied';
  return isForced ? 'answer’s tokens that are the first choice' : 'runs answered right';
}

interface GridDrawingProps {
  readonly grid: DetectionGrid;
  readonly what: string;
  readonly picture: { current: Picture | null };
}

function GridDrawing({ grid, what, picture }: GridDrawingProps): ReactElement {
  const [cell, setCell] = useState<number | null>(null);
  return (
    <div className="retrieval-drawn">
      <div className="retrieval-drawing">
        <FitBox>
          {(size) => (
            <ValueGrid
              {...size}
              ref={picture}
              rows={grid.depths.map((depth) => `${formatNumber(depth)} %`)}
              columns={grid.lengths.map((length) => formatNumber(length))}
              values={grid.values}
              scale={scale}
              numbers={64}
              primary={cell}
              describe={(at) => cellWords(grid, at, what)}
              onPrimary={setCell}
              label={`Depth of the needle by length of the prompt: ${what}`}
            />
          )}
        </FitBox>
      </div>
      <p className="retrieval-note" role="status">
        {cell === null ? `${what}; across: tokens, down: depth. Click a cell to read it.` : cellWords(grid, cell, what)}
      </p>
    </div>
  );
}

interface GridRow {
  readonly cell: number;
  readonly length: number;
  readonly depth: number;
  readonly n: number;
}

function rowsOf({ lengths, depths, n }: DetectionGrid): readonly GridRow[] {
  return depths.flatMap((depth, i) =>
    lengths.map((length, j) => {
      const cell = i * lengths.length + j;
      return { cell, length, depth, n: n[cell] ?? 0 };
    }),
  );
}

function GridTable({ grid }: { readonly grid: DetectionGrid }): ReactElement {
  const at = (numbers: Float32Array, cell: number) => numbers[cell] ?? NaN;
  const value = ({ cell }: GridRow) => withInterval(at(grid.values, cell), at(grid.low, cell), at(grid.high, cell));
  return (
    <Table<GridRow>
      label="Length by depth"
      rows={rowsOf(grid)}
      keyOf={({ cell }) => String(cell)}
      columns={[
        {
          id: 'length',
          title: 'Tokens',
          width: '72px',
          align: 'right',
          cell: (row) => row.length,
          sortBy: (row) => row.length,
        },
        {
          id: 'depth',
          title: 'Depth, %',
          width: '72px',
          align: 'right',
          cell: (row) => row.depth,
          sortBy: (row) => row.depth,
        },
        { id: 'share', title: 'Share, 95 %', width: '1fr', align: 'right', cell: value },
        { id: 'n', title: 'n', width: '44px', align: 'right', cell: (row) => row.n },
      ]}
    />
  );
}

function gridCsv(grid: DetectionGrid): string {
  const head = ['length', 'depth', 'share', 'low', 'high', 'n'];
  const rows = rowsOf(grid).map(({ cell, length, depth, n }) => [
    length,
    depth,
    grid.values[cell] ?? NaN,
    grid.low[cell] ?? NaN,
    grid.high[cell] ?? NaN,
    n,
  ]);
  return csvOf(head, rows);
}
