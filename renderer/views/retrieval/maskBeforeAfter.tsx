/** Length by depth with the model as it is, and with the top k masked. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { MaskRows } from '../../../engine/results/maskPoints.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatNumber } from '../../marks/format.ts';
import { Legend } from '../../marks/legend.tsx';
import { ValueGrid } from '../../marks/valueGrid/valueGrid.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Select } from '../../parts/select.tsx';
import { Empty } from '../../parts/states.tsx';
import { cellWords } from './detectionGrid.ts';
import { maskedKs, maskGrid, topArm } from './maskCells.ts';
import { useMasking } from './retrievalSettings.ts';

const scale = { kind: 'sequential', low: 0, high: 1 } as const;

export function MaskBeforeAfter({ rows }: { readonly rows: MaskRows }): ReactElement {
  const [{ shownK }, change] = useMasking();
  const ks = maskedKs(rows);
  const k = shownK !== null && ks.includes(shownK) ? shownK : (ks.at(-1) ?? 0);
  const masked = topArm(rows, k);
  return (
    <Panel
      title="Before and after"
      controls={
        <Select
          label="Masked heads"
          value={String(k)}
          options={ks.map((one) => ({ value: String(one), title: `top ${one} masked` }))}
          onChange={(next) => change({ shownK: Number(next) })}
        />
      }
      aside={<Legend scale={scale} title="share" width={64} unknown />}
    >
      <div className="retrieval-pair">
        <Grid rows={rows} arm={0} title="as it is" />
        {masked === null ? null : <Grid rows={rows} arm={masked} title={`top ${k} masked`} />}
      </div>
    </Panel>
  );
}

interface GridProps {
  readonly rows: MaskRows;
  readonly arm: number;
  readonly title: string;
}

function Grid({ rows, arm, title }: GridProps): ReactElement {
  const grid = useMemo(() => maskGrid(rows, arm), [rows, arm]);
  const what = rows.header.mode === 'forced' ? 'answer’s tokens that are the first choice' : 'runs answered right';
  return (
    <figure className="retrieval-half">
      <figcaption className="retrieval-note">{`${title}: ${what}`}</figcaption>
      {grid === null ? (
        <Empty title="Nothing yet">Needles with length and depth fill the grid as they come.</Empty>
      ) : (
        <div className="retrieval-drawing">
          <FitBox>
            {(size) => (
              <ValueGrid
                {...size}
                rows={grid.depths.map((depth) => `${formatNumber(depth)} %`)}
                columns={grid.lengths.map((length) => formatNumber(length))}
                values={grid.values}
                scale={scale}
                numbers={64}
                describe={(cell) => cellWords(grid, cell, what)}
                label={`Depth by length, ${title}: ${what}`}
              />
            )}
          </FitBox>
        </div>
      )}
    </figure>
  );
}
