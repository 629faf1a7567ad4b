/** The nodes of a model by layer: which are in the circuit, and which in the reference. */
import type { PointerEvent, ReactElement, Ref } from 'react';
import { useCallback, useMemo } from 'react';
import { GridFocus } from '../../marks/gridFocus.tsx';
import type { HeadShape } from '../../marks/headShape.ts';
import { cellOf } from '../../marks/headShape.ts';
import type { Highlight } from '../../marks/highlight.ts';
import type { Painter } from '../../marks/paint/painter.ts';
import { Surface } from '../../marks/paint/surface.tsx';
import type { Picture, Size } from '../../marks/picture.ts';
import { useTheme } from '../../marks/theme.ts';
import { cellAt, diagramLayout, middleOf, moveInDiagram } from './diagramLayout.ts';
import type { DiagramNode } from './drawDiagram.ts';
import { drawDiagram, drawDiagramOver } from './drawDiagram.ts';

/** Cells are numbered as in marks/headShape.ts. */
interface NodeDiagramProps extends Size {
  readonly shape: HeadShape;
  readonly hasMlps: boolean;
  readonly nodes: readonly DiagramNode[];
  readonly primary: number | null;
  readonly highlight: Highlight;
  readonly onHover: (cell: number | null) => void;
  readonly onPrimary: (cell: number) => void;
  /** Space, or Ctrl+click: into the circuit, or out of it. */
  readonly onToggle: (cell: number) => void;
  readonly describe: (cell: number) => string;
  readonly label: string;
  readonly ref: Ref<Picture>;
}

export function NodeDiagram(props: NodeDiagramProps): ReactElement {
  const { width, height, shape, hasMlps, nodes, primary, highlight, onHover, ref } = props;
  const theme = useTheme();
  const layout = useMemo(() => diagramLayout(shape, hasMlps, { width, height }), [shape, hasMlps, width, height]);
  const base = useCallback((painter: Painter) => drawDiagram(painter, layout, nodes, theme), [layout, nodes, theme]);
  const isShown = useCallback(
    (cell: number) => cellOf(shape, cell).kind === 'head' || (hasMlps && cellOf(shape, cell).kind === 'mlp'),
    [shape, hasMlps],
  );
  const over = useCallback(
    (painter: Painter, hover: number | null) =>
      drawDiagramOver(painter, layout, { hover: hover !== null && isShown(hover) ? hover : null, primary }, theme),
    [layout, primary, theme, isShown],
  );
  const under = (event: PointerEvent) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return cellAt(layout, event.clientX - left, event.clientY - top);
  };
  const press = (event: PointerEvent) => {
    const cell = under(event);
    if (cell === null) return;
    if (event.ctrlKey || event.metaKey) props.onToggle(cell);
    else props.onPrimary(cell);
  };
  const inside = useMemo(() => new Set(nodes.filter(({ place }) => place !== null).map(({ cell }) => cell)), [nodes]);
  return (
    <Surface
      {...{ width, height, base, over, highlight, ref }}
      pane={theme.pane}
      cursor="default"
      onPointerMove={(event) => onHover(under(event))}
      onPointerLeave={() => onHover(null)}
      onPointerDown={press}
    >
      <GridFocus
        label={props.label}
        rows={shape.layers}
        columns={layout.columns}
        start={primary ?? 0}
        box={(cell) => {
          const [x, y] = middleOf(layout, cell);
          const half = layout.radius + 4;
          return { x: x - half, y: y - half, width: 2 * half, height: 2 * half };
        }}
        place={(cell) => {
          const at = cellOf(shape, cell);
          return [shape.layers - 1 - at.layer, at.kind === 'head' ? at.head : shape.heads];
        }}
        describe={props.describe}
        isSelected={(cell) => inside.has(cell)}
        move={(from, key) => moveInDiagram(layout, from, key)}
        onFocus={onHover}
        onEnter={props.onPrimary}
        onSpace={props.onToggle}
      />
    </Surface>
  );
}
