/**
 * The effect of what is painted, asked anew at each change of it, from the stores themselves: no drawing of the window stands
 * between a stroke and the engine. One stream for all components that show it.
 */
import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import type { Schedule } from '../../api/frame.ts';
import type { StreamFold, StreamView } from '../../api/streamFold.ts';
import { createStreamFold } from '../../api/streamFold.ts';
import type { Workbench } from '../../api/workbench.ts';
import { effectRequest } from './effectRequest.ts';
import type { EffectView } from './effectView.ts';
import { foldEffect, noEffect } from './effectView.ts';
import { otherUnits, paintedNow } from './painted.ts';
import { paintSettings } from './paintSettings.ts';

export type EffectRequest = RequestOf<'effect'>;

export interface EffectState extends StreamView<EffectView, ResultOf<'effect'>> {
  readonly asked: EffectRequest | null;
  /** What `value` is of: while it is stale, the request before. */
  readonly of: EffectRequest | null;
  /** When what is asked for changed, by performance.now(). */
  readonly askedAt: number;
  readonly took: Latency;
}

/** Milliseconds from a change to the frame that draws what came of it; null until it is there. */
export interface Latency {
  readonly next: number | null;
  readonly metric: number | null;
}

const notYet: Latency = { next: null, metric: null };

export class LiveEffect {
  readonly store: StoreApi<EffectState>;
  readonly #workbench: Workbench;
  readonly #fold: StreamFold<'effect', EffectView>;
  #users = 0;
  #mayAsk = false;
  #isDue = false;
  #text = '';
  #stops: readonly (() => void)[] = [];

  constructor(workbench: Workbench, schedule?: Schedule) {
    this.#workbench = workbench;
    this.#fold = createStreamFold(workbench.client, 'effect', foldEffect, noEffect, schedule);
    this.store = createStore<EffectState>(() => ({
      ...this.#fold.store.getState(),
      ...{ asked: null, of: null, askedAt: 0, took: notYet },
    }));
    this.#fold.store.subscribe((view) =>
      this.store.setState(({ asked, of, askedAt, took }) => ({
        ...view,
        of: view.stale ? of : asked,
        took: view.stale ? notYet : tookNow(took, view.value, performance.now() - askedAt),
      })),
    );
  }

  /** Follows what is painted until the last user has gone. Returns what ends the use. */
  use(): () => void {
    if (this.#users++ === 0) this.#follow();
    return () => {
      if (--this.#users > 0) return;
      this.#stops.forEach((stop) => stop());
      this.#cancelled();
    };
  }

  /** Asks only while the model is in memory: a call on another one would open it. */
  allow(mayAsk: boolean): void {
    this.#mayAsk = mayAsk;
    this.#changed();
  }

  cancel(): void {
    this.#fold.cancel();
  }

  again(): void {
    this.#text = '';
    this.#changed();
  }

  #follow(): void {
    const { selection, workspace } = this.#workbench;
    const changed = () => this.#changed();
    this.#stops = [
      selection.store.subscribe(changed),
      workspace.store.subscribe(changed),
      otherUnits(this.#workbench).subscribe(changed),
      paintSettings(this.#workbench).subscribe(changed),
    ];
    changed();
  }

  /** An answer that is whole stays for the next user. */
  #cancelled(): void {
    if (this.store.getState().status === 'done') return;
    this.#fold.cancel();
    this.#text = '';
  }

  /** A move of the mouse may cross several cells: they are asked for together. */
  #changed(): void {
    if (this.#isDue || this.#users === 0) return;
    this.#isDue = true;
    const at = performance.now();
    queueMicrotask(() => {
      this.#isDue = false;
      this.#ask(at);
    });
  }

  #ask(askedAt: number): void {
    const asked = this.#request();
    const text = JSON.stringify(asked);
    if (text === this.#text || this.#users === 0) return;
    this.#text = text;
    this.store.setState({ asked, askedAt, took: notYet });
    this.#fold.ask(asked);
  }

  #request(): EffectRequest | null {
    if (!this.#mayAsk) return null;
    const { quick } = paintSettings(this.#workbench).getState();
    return effectRequest(this.#workbench.workspace.store.getState(), paintedNow(this.#workbench), quick);
  }
}

function tookNow(took: Latency, { next, metric }: EffectView, elapsed: number): Latency {
  return {
    next: took.next ?? (next === null ? null : elapsed),
    metric: took.metric ?? (metric === null ? null : elapsed),
  };
}

const effects = new WeakMap<Workbench, LiveEffect>();

export function liveEffect(workbench: Workbench): LiveEffect {
  const known = effects.get(workbench) ?? new LiveEffect(workbench);
  effects.set(workbench, known);
  return known;
}
