/** What went wrong with a run, and what is to be known about its numbers. */
import type { ReactElement } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { Icon } from '../../parts/icon.tsx';
import type { KeyValue } from './keyValues.tsx';
import { KeyValues } from './keyValues.tsx';

export function RunProblems({ run: { error, warnings } }: { readonly run: RunSummary }): ReactElement | null {
  if (error === null && warnings.length === 0) return null;
  return (
    <div className="runs-wrong">
      {error !== null && <Failure error={error} />}
      {warnings.length > 0 && (
        <ul aria-label="Warnings">
          {warnings.map((warning) => (
            <li key={warning}>
              <Icon name="warning" size={12} />
              <span>{warning}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

type RunError = NonNullable<RunSummary['error']>;

function Failure({ error }: { readonly error: RunError }): ReactElement {
  return (
    <div role="alert">
      <p className="runs-failed">
        <Icon name="warning" />
        {error.kind === 'fault' ? error.parts.what : 'Something in Headscope broke'}
      </p>
      <KeyValues lines={partsOf(error)} />
    </div>
  );
}

function partsOf(error: RunError): readonly KeyValue[] {
  if (error.kind !== 'fault') return [{ name: 'message', value: error.message }];
  const { what: _what, ...parts } = error.parts;
  return Object.entries(parts).map(([name, value]) => ({ name, value }));
}
