/** Heads as a matrix, positions as a grid with their tokens. */
import type { ReactElement, Ref } from 'react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useSelection } from '../../api/hooks.ts';
import type { GridTable } from '../../api/runTables.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { ColourScale } from '../../marks/colour.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { HeadMatrix } from '../../marks/headMatrix/headMatrix.tsx';
import { headIndex } from '../../marks/headShape.ts';
import { createHighlight } from '../../marks/highlight.ts';
import type { Picture } from '../../marks/picture.ts';
import { ValueGrid } from '../../marks/valueGrid/valueGrid.tsx';
import { cellWords, columnNames, patchedColumn, patchedLayers } from './patchGridRows.ts';
import { useFeed } from './sweepsFeed.ts';
import type { LineWriter } from './sweepsLine.tsx';
import { SweepsLine } from './sweepsLine.tsx';
import { estimateAt, headShapeOf } from './sweepsRows.ts';
import { decimalsOf, effectTitle, intervalWords } from './sweepsWords.ts';

interface PatchDrawingProps {
  readonly run: string;
  readonly table: GridTable;
  readonly shown: 'effect' | 'recovery';
  readonly scale: ColourScale;
  readonly picture: Ref<Picture>;
}

export function PatchDrawing(props: PatchDrawingProps): ReactElement {
  return props.table.header.target.kind === 'heads' ? <Heads {...props} /> : <Positions {...props} />;
}

/** What is said of a cell, with both numbers: `L3, position 4: recovery 0.81 [0.75, 0.86], Δ logit difference ...`. */
function useWords({ header, effect, recovery }: GridTable): (layer: number, column: number) => string {
  return useCallback(
    (layer, column) => {
      const at = layer * header.columns.length + column;
      const share = intervalWords(estimateAt(recovery, at), 3);
      const change = intervalWords(estimateAt(effect, at), decimalsOf(effect.mean));
      const n = effect.n[at] ?? 0;
      const place = cellWords(header, layer, column);
      return n === 0
        ? `${place}: not measured`
        : `${place}: recovery ${share}, ${effectTitle(header)} ${change}, n ${n}`;
    },
    [header, effect, recovery],
  );
}

function Positions({ run, table, shown, scale, picture }: PatchDrawingProps): ReactElement {
  const { selection } = useWorkbench();
  const { header } = table;
  const [highlight] = useState(createHighlight);
  const line = useRef<LineWriter>(null);
  const words = useWords(table);
  const layers = useMemo(() => patchedLayers(header), [header]);
  const columns = useMemo(() => columnNames(header), [header]);
  const rows = useMemo(
    () =>
      layers.map((layer) =>
        header.target.kind === 'headPositions' ? `L${layer}H${header.target.head.head}` : `L${layer}`,
      ),
    [layers, header],
  );
  const column = useMemo(() => patchedColumn(table[shown], header), [table, shown, header]);
  const feed = useFeed(run, column);
  const layer = useSelection((state) => state.layer);
  const place = (cell: number) => [layers[Math.floor(cell / columns.length)] ?? 0, cell % columns.length] as const;
  const [primary, setPrimary] = useState<number | null>(null);
  const point = (cell: number | null) => {
    highlight.set(cell);
    line.current?.write(cell === null ? '' : words(...place(cell)));
  };
  return (
    <>
      <div className="sweeps-drawing">
        <FitBox>
          {(size) => (
            <ValueGrid
              {...size}
              {...{ rows, columns, scale, highlight }}
              ref={picture}
              values={feed.values}
              significant={feed.significant}
              changes={feed.subscribe}
              primary={primary !== null && place(primary)[0] === layer ? primary : null}
              describe={(cell) => words(...place(cell))}
              onHover={point}
              onPrimary={(cell) => {
                setPrimary(cell);
                selection.setLayer(place(cell)[0]);
              }}
              label={`Patching by layer and position: ${shown}`}
            />
          )}
        </FitBox>
      </div>
      <SweepsLine ref={line} idle="Point at a cell, or move there with the arrow keys, to read it." />
    </>
  );
}

function Heads({ run, table, shown, scale, picture }: PatchDrawingProps): ReactElement {
  const { selection } = useWorkbench();
  const shape = useMemo(() => headShapeOf(table), [table]);
  const feed = useFeed(run, table[shown]);
  const line = useRef<LineWriter>(null);
  const words = useWords(table);
  const primary = useSelection((state) => state.primary);
  const set = useSelection((state) => state.set);
  const indices = useMemo(() => new Set(set.map(({ layer, head }) => headIndex(shape, layer, head))), [set, shape]);
  const headAt = (cell: number): HeadRef => ({ layer: Math.floor(cell / shape.heads), head: cell % shape.heads });
  useEffect(
    () =>
      selection.hover.subscribe(() => {
        const cell = selection.hover.get();
        const isHead = cell !== null && cell < shape.layers * shape.heads;
        line.current?.write(isHead ? words(Math.floor(cell / shape.heads), cell % shape.heads) : '');
      }),
    [selection, shape, words],
  );
  return (
    <>
      <div className="sweeps-drawing">
        <FitBox>
          {(size) => (
            <HeadMatrix
              {...size}
              {...{ shape, scale, set: indices }}
              ref={picture}
              values={feed.values}
              significant={feed.significant}
              changes={feed.subscribe}
              primary={primary === null ? null : headIndex(shape, primary.layer, primary.head)}
              measure={shown}
              highlight={selection.hover}
              onHover={selection.hover.set}
              onPrimary={(cell) => selection.setPrimary(headAt(cell))}
              onToggle={(cell) => selection.toggle(headAt(cell))}
              label={`Patching of every head: ${shown}`}
            />
          )}
        </FitBox>
      </div>
      <SweepsLine ref={line} idle="Point at a head to read it; a click makes it the primary one." />
    </>
  );
}
