/** How far writing is, or what came of it. */
import type { ReactElement, ReactNode } from 'react';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { Button } from '../../parts/button.tsx';
import { ErrorState } from '../../parts/states.tsx';
import type { Writing } from './useFileWriting.ts';

interface WriteStateProps<R> {
  readonly writing: Writing<R>;
  readonly done: (result: R) => ReactNode;
}

export function WriteState<R>({ writing, done }: WriteStateProps<R>): ReactElement | null {
  switch (writing.kind) {
    case 'idle':
      return null;
    case 'writing': {
      const { done: some, total } = writing.progress ?? { done: 0, total: 1 };
      return (
        <div className="prune-pair" role="status">
          Writing
          <div className="sweeps-progress">
            <ProgressBar label="Writing" done={some} total={total} state="running" />
          </div>
          <Button icon="stop" onClick={writing.cancel}>
            Cancel
          </Button>
        </div>
      );
    }
    case 'cancelled':
      return <p role="status">Cancelled: nothing usable was written.</p>;
    case 'error':
      return <ErrorState error={writing.error} />;
    case 'done':
      return <div role="status">{done(writing.result)}</div>;
  }
}
