/** Runs the smallest part of a job, to take its time. */
import { useEffect, useRef, useState } from 'react';
import { isAbort } from '../../../engine/results/errors.ts';
import { useClient } from '../../api/engineClient.ts';
import { stream } from '../../api/stream.ts';
import type { StreamingJob } from './streamingJobs.ts';
import { tokensOf, trialOf } from './streamingJobs.ts';

/** Seconds that are not taken twice. */
const LONG = 5;

export type Trial =
  | { readonly kind: 'none' | 'taking' }
  | { readonly kind: 'taken'; /** Seconds a token. */ readonly pace: number }
  | { readonly kind: 'failed'; readonly error: Error };

/** The trial ends with the component. */
export function useTrial(job: StreamingJob, context: number): { readonly state: Trial; readonly take: () => void } {
  const client = useClient();
  const [state, setState] = useState<Trial>({ kind: 'none' });
  const controller = useRef<AbortController>(null);
  useEffect(() => () => controller.current?.abort(), []);
  const secondsOf = async (trial: StreamingJob, signal: AbortSignal) => {
    const { seconds } = await stream(client, trial.call, trial.request, { signal, onEvent: () => undefined });
    return seconds;
  };
  const measure = async (signal: AbortSignal) => {
    const trial = trialOf(job);
    try {
      const first = await secondsOf(trial, signal);
      // Programs are compiled the first time: much of a short trial, little of a long one.
      const seconds = first > LONG ? first : await secondsOf(trial, signal);
      setState({ kind: 'taken', pace: seconds / (tokensOf(trial, context) ?? NaN) });
    } catch (error) {
      if (!isAbort(error)) setState({ kind: 'failed', error: error as Error });
    }
  };
  const take = () => {
    controller.current = new AbortController();
    setState({ kind: 'taking' });
    void measure(controller.current.signal);
  };
  return { state, take };
}
