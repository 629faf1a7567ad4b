/** Which keys a query attends to most, with their weights. */
import type { ReactElement } from 'react';
import type { AttentionMeasure } from '../../../engine/results/attention.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useAttentionRow } from '../../api/queries.ts';
import { formatFixed } from '../../marks/format.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { topKeys } from './previewSource.ts';
import type { ShownPrompt } from './shownPrompt.ts';

interface TopKeyListProps {
  readonly head: HeadRef;
  readonly prompt: ShownPrompt;
  readonly measure: AttentionMeasure;
  readonly most: number;
}

export function TopKeyList({ head, prompt, measure, most }: TopKeyListProps): ReactElement {
  const { query, tokens, on } = prompt;
  const { data, error, isPlaceholderData } = useAttentionRow({
    ...{ ...on, measure, layer: head.layer, head: head.head },
    ...{ position: query, side: 'looksAt' },
  });
  const name = (at: number) => tokenLabel(tokens[at] ?? { text: '' });
  if (error !== null) return <p className="heads-quiet">{error.message}</p>;
  const weights = data?.data ?? new Float32Array(0);
  const keys = topKeys(weights, most);
  const largest = weights[keys[0] ?? 0] ?? 1;
  return (
    <div className="heads-keys" data-stale={isPlaceholderData}>
      <p className="heads-quiet">{`Query “${name(query)}” (${query}) attends to`}</p>
      <ol>
        {keys.map((key) => (
          <li key={key}>
            <span className="heads-token">{name(key)}</span>
            <span className="heads-position">{key}</span>
            <span className="heads-bar">
              <span style={{ width: `${(100 * (weights[key] ?? 0)) / largest}%` }} />
            </span>
            <span className="heads-weight">{formatFixed(weights[key] ?? NaN, 3)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
