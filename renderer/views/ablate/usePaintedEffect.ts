/** The effect of the painted set, computed anew while one paints: one stream for the place and the inspector together. */
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import { useIsResident, useWorkspace } from '../../api/hooks.ts';
import type { StreamFold, StreamView } from '../../api/streamFold.ts';
import { createStreamFold } from '../../api/streamFold.ts';
import { useStable } from '../../api/useStable.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { effectRequest } from './effectRequest.ts';
import type { EffectView } from './effectView.ts';
import { foldEffect, noEffect } from './effectView.ts';
import { usePaint, usePainted } from './painted.ts';

/** One stream for all components that show it; it ends with the last of them. */
class SharedEffect {
  readonly fold: StreamFold<'effect', EffectView>;
  /** When it was asked last. */
  askedAt = 0;
  #users = 0;
  /** What was asked last, as text. */
  #asked = 'null';

  constructor({ client }: Workbench) {
    this.fold = createStreamFold(client, 'effect', foldEffect, noEffect);
  }

  /** Returns what ends the use. */
  use(): () => void {
    this.#users++;
    return () => {
      this.#users--;
      if (this.#users > 0) return;
      this.fold.cancel();
      this.#asked = 'cancelled';
    };
  }

  /** The same request again changes nothing. */
  ask(request: RequestOf<'effect'> | null): void {
    const text = JSON.stringify(request);
    if (text === this.#asked) return;
    this.#asked = text;
    this.again(request);
  }

  again(request: RequestOf<'effect'> | null): void {
    this.askedAt = performance.now();
    this.fold.ask(request);
  }
}

const shared = new WeakMap<Workbench, SharedEffect>();

function sharedOf(workbench: Workbench): SharedEffect {
  const known = shared.get(workbench) ?? new SharedEffect(workbench);
  shared.set(workbench, known);
  return known;
}

export interface PaintedEffect extends StreamView<EffectView, ResultOf<'effect'>> {
  /** Prompts that are measured on; null for those of a file, whose number the answer tells. */
  readonly n: number | null;
  readonly askedAt: number;
  readonly cancel: () => void;
  readonly again: () => void;
}

export function usePaintedEffect(): PaintedEffect {
  const workbench = useWorkbench();
  const set = usePainted();
  const quick = usePaint((state) => state.quick);
  const state = useWorkspace((workspace) => workspace);
  const isResident = useIsResident();
  const request = useStable(isResident ? effectRequest(state, set, quick) : null);
  const own = sharedOf(workbench);
  useEffect(() => own.use(), [own]);
  useEffect(() => own.ask(request), [own, request]);
  const view = useStore(own.fold.store);
  const n = request?.prompts.kind === 'task' ? request.prompts.n : null;
  return useMemo(
    () => ({ ...view, n, askedAt: own.askedAt, cancel: own.fold.cancel, again: () => own.again(request) }),
    [view, n, own, request],
  );
}

export interface Latency {
  readonly next: number | null;
  readonly metric: number | null;
}

/** Milliseconds from the last change of the set to its next tokens, and to its metric; null until they are there. */
export function useLatency({ stale, value, askedAt }: PaintedEffect): Latency {
  const next = useArrival(stale ? null : value.next, askedAt);
  const metric = useArrival(stale ? null : value.metric, askedAt);
  return { next, metric };
}

function useArrival(what: object | null, askedAt: number): number | null {
  const [arrived, setArrived] = useState<{ readonly what: object; readonly after: number } | null>(null);
  useEffect(() => {
    if (what !== null) setArrived({ what, after: performance.now() - askedAt });
  }, [what, askedAt]);
  return what === null || arrived?.what !== what ? null : arrived.after;
}
