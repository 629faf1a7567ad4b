/** Tells those who don't see the tray that a job began or ended: at most one sentence every few seconds. */
import type { ReactElement } from 'react';
import { useEffect, useState } from 'react';
import type { RunSummary } from '../../engine/results/runs.ts';
import { useWorkbench } from '../api/workbench.ts';

/** Milliseconds between two sentences. */
const PAUSE = 3000;

const milestones: Partial<Record<RunSummary['state'], string>> = {
  running: 'started',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled, what was computed is kept',
  paused: 'paused',
  interrupted: 'interrupted, can be resumed',
};

export function LiveRegion(): ReactElement {
  const { watch } = useWorkbench();
  const [text, setText] = useState('');
  useEffect(() => {
    const states = new Map<string, RunSummary['state']>();
    let waiting: string | null = null;
    const timer = setInterval(() => {
      if (waiting !== null) setText(waiting);
      waiting = null;
    }, PAUSE);
    const stop = watch.onEvent((event) => {
      if (event.kind !== 'job') return;
      const { id, title, state } = event.job;
      const words = milestones[state];
      if (states.get(id) !== state && words !== undefined) waiting = `${title}: ${words}`;
      states.set(id, state);
    });
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [watch]);
  return <output className="spoken">{text}</output>;
}
