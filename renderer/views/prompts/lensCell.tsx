/** What the chosen layer would say at the chosen position. */
import type { ReactElement } from 'react';
import type { EventOf } from '../../../engine/results/contract.ts';
import { formatFixed, formatNumber } from '../../marks/format.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { readingsAt } from './lensValues.ts';
import { useChangePrompts, usePromptsSettings } from './promptsSettings.ts';

interface LensCellProps {
  readonly event: Extract<EventOf<'lens'>, { kind: 'layer' }> | null;
  /** -1: out of view. */
  readonly column: number;
  readonly position: number | null;
}

export function LensCell({ event, column, position }: LensCellProps): ReactElement {
  const target = usePromptsSettings((settings) => settings.target);
  const change = useChangePrompts();
  if (event === null || column < 0)
    return <aside className="lens-cell prompts-quiet">Choose a cell: its most likely tokens stand here.</aside>;
  const rank = event.targetRanks[column];
  return (
    <aside className="lens-cell" aria-label="The chosen cell">
      <h3>{`${event.layer < 0 ? 'embedding' : `after L${event.layer}`}, position ${position ?? 0}`}</h3>
      <ol className="lens-readings">
        {readingsAt(event, column).map(({ id, text, probability }) => (
          <li key={id}>
            <button
              type="button"
              title={`Colour the grid by this token (id ${id})`}
              aria-pressed={target?.id === id}
              onClick={() => change({ target: { id, text }, lensColour: 'target' })}
            >
              <code>{tokenLabel({ text })}</code>
              <span>{formatFixed(probability, 3)}</span>
            </button>
          </li>
        ))}
      </ol>
      <p className="prompts-quiet">{`entropy ${formatFixed(event.entropy[column] ?? NaN, 2)} nats`}</p>
      {target !== null && rank !== undefined && (
        <p className="prompts-quiet">
          {`${tokenLabel({ text: target.text })}: probability ${formatNumber(event.targetProbabilities[column] ?? NaN)}, rank ${formatNumber(rank)}`}
        </p>
      )}
    </aside>
  );
}
