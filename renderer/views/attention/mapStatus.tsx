/** How far a map is, over its lower edge: blocks that have run, cancelled, failed. */
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { Button } from '../../parts/button.tsx';
import type { HeadMap } from './headMap.ts';

export function MapStatus({ map }: { readonly map: HeadMap }): ReactElement | null {
  const { status, progress, error } = useStore(map.store);
  if (status === 'done') return null;
  if (status === 'loading') {
    const { done, total } = progress ?? { done: 0, total: null };
    return (
      <div className="attention-status" data-late="true">
        <ProgressBar done={done} total={total} label="Blocks that have run" />
        <span>{total === null ? 'waiting for its turn' : `${done} of ${total} blocks`}</span>
        <Button look="plain" onClick={map.cancel}>
          Cancel
        </Button>
      </div>
    );
  }
  return (
    <div className="attention-status" role={status === 'error' ? 'alert' : undefined}>
      <span>{status === 'cancelled' ? 'Cancelled: what had come stays.' : (error?.message ?? 'failed')}</span>
      <Button look="plain" onClick={map.retry}>
        {status === 'cancelled' ? 'Run again' : 'Try again'}
      </Button>
    </div>
  );
}
