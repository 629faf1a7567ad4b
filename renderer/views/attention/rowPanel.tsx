/** Beside a drawing: the strongest weights of the row or column that is chosen. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { useWorkbench } from '../../api/workbench.ts';
import { Segments } from '../../parts/segments.tsx';
import { Loading } from '../../parts/states.tsx';
import type { Scene } from './scene.ts';
import type { ShownRow } from './shownRow.ts';
import { TopList } from './topList.tsx';
import { topWeights } from './topWeights.ts';

export interface RowPanelProps {
  readonly scene: Scene;
  readonly row: ShownRow;
  readonly nameOf: (token: number) => string;
  readonly format: (value: number) => string;
  /** Where bars end; null at the largest value. */
  readonly limit: number | null;
  /** The cell that a line stands for is pointed at. */
  readonly onHover?: (query: number, key: number | null) => void;
}

const MOST = 24;

export function RowPanel({ scene, row, nameOf, format, limit, onHover }: RowPanelProps): ReactElement {
  const { selection } = useWorkbench();
  const { settings, change } = scene;
  const { side, position, values } = row;
  const isOut = side === 'looksAt';
  const skip = isOut && settings.hideSink ? 1 : 0;
  const weights = useMemo(() => (values === null ? null : topWeights(values, MOST, skip)), [values, skip]);
  const title = `${isOut ? 'Query' : 'Key'} \u201c${nameOf(position)}\u201d (${position}) ${isOut ? 'attends to' : 'is seen by'}`;
  const hover = (token: number | null) => {
    selection.hoverToken.set(token);
    onHover?.(isOut || token === null ? position : token, token === null ? null : isOut ? token : position);
  };
  return (
    <section className="attention-row" aria-label={title}>
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
      {weights === null ? (
        <Loading what="Reading the row" />
      ) : (
        <TopList
          label={title}
          weights={weights}
          limit={limit ?? Math.abs(weights[0]?.value ?? 0)}
          onHover={hover}
          onChoose={(token) => selection.setTokens(isOut ? { key: token } : { query: token })}
          {...{ nameOf, format }}
        />
      )}
      {skip === 1 && values !== null && (
        <p className="attention-note">{`First key hidden: ${format(values[0] ?? NaN)}`}</p>
      )}
    </section>
  );
}
