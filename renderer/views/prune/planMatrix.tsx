/** Which units are gone at the slider's place. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { hoverOfCells, matrixCells } from '../../api/matrixCells.ts';
import { useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { HeadMatrix } from '../../marks/headMatrix/headMatrix.tsx';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { goneHeads } from './goneHeads.ts';
import { headsShapeOf } from './headsShapeOf.ts';
import type { PruneModel } from './pruneModel.ts';
import { unitNumber } from '../../api/unitNumber.ts';
import { unitWords } from './pruneUnits.ts';
import type { Scene } from './scene.ts';

interface PlanMatrixProps {
  readonly model: PruneModel;
  readonly scene: Scene;
  readonly position: number;
}

export function PlanMatrix({ model, scene, position }: PlanMatrixProps): ReactElement {
  const { selection, undo } = useWorkbench();
  const gone = goneHeads(model.shape, scene, position);
  const select = () => {
    const end = undo.gesture();
    selection.setSet(gone);
    end();
  };
  return (
    <Section
      title="What goes"
      aside={
        <Button look="plain" disabled={gone.length === 0} onClick={select}>
          Make it the set
        </Button>
      }
    >
      <div className="prune-gone">
        <GoneMatrix {...{ model, scene, position }} />
      </div>
    </Section>
  );
}

function GoneMatrix({ model, scene, position }: PlanMatrixProps): ReactElement {
  const { selection } = useWorkbench();
  const { unit, order } = scene;
  const { shape } = model;
  const heads = useMemo(() => headsShapeOf({ shape }), [shape]);
  const cells = useMemo(() => matrixCells(heads, unit), [heads, unit]);
  const hover = useMemo(() => hoverOfCells(selection.hover, cells, heads), [selection, cells, heads]);
  const primary = useSelection((state) => state.primary);
  const values = useMemo(() => {
    const gone = new Float32Array(cells.count);
    for (const place of order.slice(0, position)) gone[unitNumber(heads, unit, place)] = 1;
    return gone;
  }, [cells, heads, unit, order, position]);
  return (
    <FitBox>
      {(size) => (
        <HeadMatrix
          {...size}
          {...{ values, unit }}
          shape={cells.shape}
          scale={{ kind: 'sequential', low: 0, high: 1 }}
          numbers={0}
          measure="gone (1) or kept (0)"
          primary={primary === null ? null : cells.cellOf(primary)}
          highlight={hover}
          onHover={hover.set}
          onPrimary={(cell) => selection.setPrimary(cells.headsIn(cell)[0] ?? null)}
          label={`${unitWords(unit)} by layer: what is gone`}
        />
      )}
    </FitBox>
  );
}
