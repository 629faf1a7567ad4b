/** Beside a drawing: the strongest weights of the row or column that is chosen. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { useWorkbench } from '../../api/workbench.ts';
import { Segments } from '../../parts/segments.tsx';
import { Loading } from '../../parts/states.tsx';
import { largestSize } from './pyramid.ts';
import type { Scene } from './scene.ts';
import type { ShownRow } from './shownRow.ts';
import { TopList } from './topList.tsx';
import type { TopWeights } from './topWeights.ts';
import { topWeights } from './topWeights.ts';

export interface RowPanelProps {
  readonly scene: Scene;
  readonly row: ShownRow;
  readonly nameOf: (token: number) => string;
  readonly format: (value: number) => string;
  /** Where bars end; null at the largest value. */
  readonly limit: number | null;
  /** Of a difference. */
  readonly isSigned?: boolean;
  /** The cell that a line stands for is pointed at. */
  readonly onHover?: (query: number, key: number | null) => void;
}

const MOST = 20;
/** Share of the largest below which a line would say nothing. */
const FAINT = 1e-3;

export function RowPanel({
  scene,
  row,
  nameOf,
  format,
  limit,
  isSigned = false,
  onHover,
}: RowPanelProps): ReactElement {
  const { selection } = useWorkbench();
  const { settings, change } = scene;
  const { side, position, values } = row;
  const isOut = side === 'looksAt';
  const skip = isOut && settings.hideSink ? 1 : 0;
  const top = useMemo(() => (values === null ? null : topOf(values, skip, limit)), [values, skip, limit]);
  const title = `${isOut ? 'Query' : 'Key'} \u201c${nameOf(position)}\u201d (${position}) ${isOut ? 'attends to' : 'is seen by'}`;
  const hover = (token: number | null) => {
    selection.hoverToken.set(token);
    onHover?.(isOut || token === null ? position : token, token === null ? null : isOut ? token : position);
  };
  return (
    <section className="attention-row" data-signed={isSigned} aria-label={title}>
      <header className="attention-row-head">
        <h3 className="attention-row-title" title={title}>
          {title}
        </h3>
        <Segments
          label="Direction"
          value={side}
          options={[
            { value: 'looksAt', title: 'looks at' },
            { value: 'seenBy', title: 'seen by' },
          ]}
          onChange={(next) => change({ side: next })}
        />
      </header>
      {top === null ? (
        <Loading what="Reading the row" />
      ) : (
        <TopList
          label={title}
          weights={top.shown}
          limit={limit ?? Math.abs(top.shown[0]?.value ?? 0)}
          onHover={hover}
          onChoose={(token) => selection.setTokens(isOut ? { key: token } : { query: token })}
          {...{ nameOf, format }}
        />
      )}
      {top !== null && top.rest.count > 0 && (
        <p className="attention-note">{`${top.rest.count} more, together ${format(top.rest.sum)}`}</p>
      )}
      {skip === 1 && values !== null && (
        <p className="attention-note">{`First key hidden: ${format(values[0] ?? NaN)}`}</p>
      )}
    </section>
  );
}

function topOf(values: Float32Array, skip: number, limit: number | null): TopWeights {
  const end = limit ?? largestSize(values.subarray(skip));
  return topWeights(values, { most: MOST, skip, least: end * FAINT });
}
