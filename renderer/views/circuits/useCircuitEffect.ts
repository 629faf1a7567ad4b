/** The model with everything outside the circuit replaced, measured on the run's prompts each time the circuit changes. */
import { useState } from 'react';
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import { useIsResident } from '../../api/hooks.ts';
import { useRecord } from '../../api/queries.ts';
import { useStable } from '../../api/useStable.ts';
import type { Streamed } from '../../api/useStream.ts';
import { useStream } from '../../api/useStream.ts';
import { useRested } from '../prompts/useRested.ts';
import type { LiveCircuit } from './liveCircuit.ts';
import { foldCircuit, nothingMeasured } from './liveCircuit.ts';
import type { ShownCircuit } from './useShownCircuit.ts';

/** Random circuits of the same size, beside each place of the slider. */
const RANDOM = 5;

export interface MeasuredCircuit extends Streamed<LiveCircuit, ResultOf<'circuitEffect'>> {
  /** The numbers are of the circuit before this one. */
  readonly isOld: boolean;
}

export function useCircuitEffect({ run, view }: ShownCircuit, nodes: readonly string[]): MeasuredCircuit {
  const { nodeSet, outside } = view.header;
  const isResident = useIsResident();
  const on = useRunOn(run);
  const wanted = useStable(nodes);
  const rested = useRested(wanted);
  const [asked, setAsked] = useState(wanted);
  const request: RequestOf<'circuitEffect'> | null =
    on === null || !isResident ? null : { ...on, nodes: nodeSet, circuit: asked, outside, random: RANDOM };
  const live = useStream('circuitEffect', request, foldCircuit, nothingMeasured);
  // While the slider moves each answer is waited for, so that numbers come; where it rests nothing is.
  const isBusy = live.status === 'loading' || (live.status === 'partial' && live.value.point === null);
  if (asked !== wanted && (!isBusy || rested === wanted)) setAsked(wanted);
  return { ...live, isOld: live.stale || asked !== wanted || live.value.point === null };
}

type On = Pick<RequestOf<'circuitEffect'>, 'model' | 'weights' | 'prompts' | 'metric' | 'seed'>;

/** What the run was measured on, not what is chosen now: the numbers stand beside its own. */
function useRunOn(run: string): On | null {
  const { data, isPlaceholderData } = useRecord(run);
  const job = data?.record.job;
  if (isPlaceholderData || job?.call !== 'circuit') return null;
  const { model, weights, prompts, metric, seed } = job.request;
  return {
    ...{ model, prompts, seed },
    ...(weights === undefined ? {} : { weights }),
    ...(metric === undefined ? {} : { metric }),
  };
}
