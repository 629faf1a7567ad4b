/** The matrix to paint on: the current measure faint behind it, so that one paints what matters. */
import type { ReactElement, Ref } from 'react';
import { useMemo, useRef } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { LiveMeasure } from '../../api/hooks.ts';
import { useHeadMeasure, useModelInfo, useSelection, useWorkspace } from '../../api/hooks.ts';
import { scaleOf } from '../../api/measureScale.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { ColourScale } from '../../marks/colour.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { HeadMatrix } from '../../marks/headMatrix/headMatrix.tsx';
import type { HeadShape } from '../../marks/headShape.ts';
import { headIndex, indexOf } from '../../marks/headShape.ts';
import { Legend } from '../../marks/legend.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Button } from '../../parts/button.tsx';
import { PaneContext } from '../../parts/paneContext.ts';
import { Panel } from '../../parts/panel.tsx';
import { usePainted } from './painted.ts';
import { paintCsv, paintRows } from './paintRows.ts';
import { useChangePaint } from './paintSettings.ts';
import { PaintTable } from './paintTable.tsx';
import { useEffectExports } from './useEffectExports.ts';
import { usePainting } from './usePainting.ts';

export function PaintMatrix({ heads }: { readonly heads: HeadShape }): ReactElement {
  const measure = useHeadMeasure(useWorkspace((state) => state.measure));
  const scale = useScale(measure);
  const hasMlp = (useModelInfo()?.shape.mlpWidth ?? null) !== null;
  const painted = usePainted();
  const actions = useEffectExports();
  const picture = useRef<Picture>(null);
  const rows = () => paintRows(heads, hasMlp, painted, measure);
  return (
    <PaneContext value={null}>
      <Panel
        title="Paint on"
        caption={behindWords(measure)}
        aside={measure === null ? <MeasureFirst /> : <Legend scale={scale} title={measure.unit} width={72} />}
        exports={{ name: 'painted', csv: () => paintCsv(rows(), measure), picture: () => picture.current }}
        table={() => <PaintTable rows={rows()} measure={measure} heads={heads} />}
        actions={actions}
        className="ablate-matrix"
      >
        <div className="ablate-drawing">
          <Drawing {...{ heads, hasMlp, measure, scale, picture }} />
        </div>
      </Panel>
    </PaneContext>
  );
}

function MeasureFirst(): ReactElement {
  const change = useChangePaint();
  return (
    <Button look="plain" onClick={() => change({ face: 'sweeps' })}>
      Measure heads
    </Button>
  );
}

function behindWords(measure: LiveMeasure | null): string {
  if (measure === null) return 'nothing is measured yet: cells are hatched';
  return `${measure.title}, ${measure.dataset}, n ${measure.n}`;
}

function useScale(measure: LiveMeasure | null): ColourScale {
  const version = measure?.version ?? 0;
  return useMemo(() => {
    void version;
    return measure === null ? ({ kind: 'signed', limit: 1 } as const) : scaleOf(measure);
  }, [measure, version]);
}

interface DrawingProps {
  readonly heads: HeadShape;
  readonly hasMlp: boolean;
  readonly measure: LiveMeasure | null;
  readonly scale: ColourScale;
  readonly picture: Ref<Picture>;
}

function Drawing({ heads, hasMlp, measure, scale, picture }: DrawingProps): ReactElement {
  const { selection, measures } = useWorkbench();
  const id = measure?.id ?? null;
  const unknown = useMemo(() => new Float32Array(heads.layers * heads.heads).fill(NaN), [heads]);
  const changes = useMemo(
    () => (id === null ? null : (listener: () => void) => measures.subscribe(listener, id)),
    [measures, id],
  );
  const chosen = useChosen(heads);
  const answers = usePainting(heads);
  return (
    <FitBox>
      {(size) => (
        <HeadMatrix
          {...size}
          {...chosen}
          {...answers}
          {...{ scale, shape: heads, ref: picture }}
          paints
          values={measure?.values ?? unknown}
          {...(changes === null ? {} : { changes })}
          measure={measure?.title ?? 'not measured'}
          {...(hasMlp ? { mlp: null } : {})}
          layer={null}
          highlight={selection.hover}
          onHover={selection.hover.set}
          label="Heads, MLPs and layers to paint"
        />
      )}
    </FitBox>
  );
}

function useChosen(heads: HeadShape) {
  const painted = usePainted();
  const primary = useSelection((state) => state.primary);
  const pinned = useSelection((state) => state.pinned);
  return useMemo(() => {
    const at = (head: HeadRef | null) => (head === null ? null : headIndex(heads, head.layer, head.head));
    const cells = [
      ...painted.heads.map(({ layer, head }) => headIndex(heads, layer, head)),
      ...painted.mlps.map((layer) => indexOf(heads, { kind: 'mlp', layer })),
      ...painted.layers.map((layer) => indexOf(heads, { kind: 'layer', layer })),
    ];
    return { set: new Set(cells), primary: at(primary), pinned: at(pinned) };
  }, [heads, painted, primary, pinned]);
}
