/** Memory that opening takes, before anything is loaded, against what is free. */
import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { weightsTitles } from '../../shell/weightsTitles.ts';
import { formatBytes } from '../../shell/formatBytes.ts';
import { holdingBars } from './holdings.ts';

export function MemoryBars({ memory }: { readonly memory: ResultOf<'info'>['memory'] }): ReactElement {
  const { rows, most, freeAt } = holdingBars(memory);
  return (
    <dl className="models-memory">
      {rows.map(({ holding, cost, reason, fits }) => (
        <div key={holding}>
          <dt>{weightsTitles[holding]}</dt>
          <dd>
            <div className="models-bar" data-unknown={cost === null}>
              {cost !== null && (
                <>
                  <div className="models-bar-all" data-fits={fits} style={{ width: `${(100 * cost.total) / most}%` }} />
                  <div
                    className="models-bar-weights"
                    data-fits={fits}
                    style={{ width: `${(100 * cost.weights) / most}%` }}
                  />
                </>
              )}
              {freeAt !== null && <div className="models-bar-free" style={{ left: `${100 * freeAt}%` }} />}
            </div>
            {cost === null ? (
              <span className="models-quiet">{reason}</span>
            ) : (
              <span>
                {formatBytes(cost.total)}
                <span className="models-quiet">{` · weights ${formatBytes(cost.weights)}`}</span>
                {!fits && <span className="models-warn"> · more than is free</span>}
              </span>
            )}
          </dd>
        </div>
      ))}
      <div>
        <dt>Free now</dt>
        <dd>
          <span>
            {formatBytes(memory.free)}
            <span className="models-quiet">
              {freeAt === null ? ' · beyond the right end' : ' · the line in the bars'}
            </span>
          </span>
        </dd>
      </div>
    </dl>
  );
}
