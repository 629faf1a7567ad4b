/** What the painted set does: next tokens first, then the metric, then random sets beside it; what is old is said to be. */
import type { ReactElement } from 'react';
import { Fault } from '../../../engine/terms/fault.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { CancelledState, Empty, ErrorState } from '../../parts/states.tsx';
import { EffectNumbers } from './effectNumbers.tsx';
import { shortWords } from './effectWords.ts';
import type { EffectState } from './liveEffect.ts';
import { nameWords, otherUnits, sizeOf, usePainted } from './painted.ts';
import { useLiveEffect, usePaintedEffect } from './usePaintedEffect.ts';

export function EffectPanel(): ReactElement {
  const effect = usePaintedEffect();
  const live = useLiveEffect();
  const painted = usePainted();
  if (sizeOf(painted) === 0) {
    return (
      <Empty title="Paint some heads">
        Press on a cell or drag over several. While the mouse is down the next tokens and the metric are computed
        without what is painted, with random sets of the same size beside them.
      </Empty>
    );
  }
  if (effect.status === 'error' && effect.error !== null) return <Failed effect={effect} error={effect.error} />;
  const isEmpty = effect.value.next === null && effect.value.metric === null;
  if (effect.status === 'cancelled' && isEmpty) return <CancelledState onAgain={() => live.again()} />;
  return <Shown effect={effect} />;
}

function Shown({ effect }: { readonly effect: EffectState }): ReactElement {
  const live = useLiveEffect();
  const isComputing = effect.status === 'loading' || effect.status === 'partial';
  return (
    <div className="ablate-effect" data-stale={effect.stale} aria-busy={isComputing}>
      <div className="ablate-working" data-on={isComputing && effect.value.metric === null ? true : effect.stale} />
      <div className="ablate-status">
        <StatusWords effect={effect} />
        {isComputing && (
          <Button look="plain" onClick={() => live.cancel()}>
            Cancel
          </Button>
        )}
        {effect.status === 'cancelled' && <Button onClick={() => live.again()}>Run again</Button>}
      </div>
      <EffectNumbers effect={effect} />
    </div>
  );
}

/** Whose numbers stand here, or how quickly they came. */
function StatusWords({ effect }: { readonly effect: EffectState }): ReactElement {
  const { stale, status, of, asked, took } = effect;
  if (stale && of !== null && asked !== null) {
    const state = status === 'cancelled' ? 'Cancelled' : `Computing ${shortWords(asked)}`;
    return (
      <p
        className="ablate-note"
        role="status"
      >{`${state}. Still shown: ${shortWords(of)}, ${nameWords(of.set, 4)}.`}</p>
    );
  }
  const cancelled = status === 'cancelled' ? ['Cancelled: a part is there'] : [];
  const times = [...timeOf('next tokens', took.next), ...timeOf('metric', took.metric)];
  return (
    <p className="ablate-note" title="From the stroke until the numbers stand here">
      {[...cancelled, ...times].join(' · ') || 'Computing'}
    </p>
  );
}

function timeOf(what: string, milliseconds: number | null): readonly string[] {
  return milliseconds === null ? [] : [`${what} ${Math.round(milliseconds)} ms`];
}

/** The engine's own words, and what can be done about the usual ones. */
function Failed({ effect, error }: { readonly effect: EffectState; readonly error: Error }): ReactElement {
  const live = useLiveEffect();
  const advice = error instanceof Fault && effect.asked !== null ? <Advice of={effect.asked} /> : null;
  return <ErrorState error={error} {...(advice === null ? {} : { advice })} onRetry={() => live.again()} />;
}

function Advice({ of: { ablation } }: { readonly of: NonNullable<EffectState['asked']> }): ReactElement {
  const workbench = useWorkbench();
  const { workspace } = workbench;
  switch (ablation) {
    case 'resample':
      return (
        <div className="ablate-advice">
          <p>Resampling takes values from a corrupt prompt of the same length: choose prompts that have them, or</p>
          <Button onClick={() => workspace.set({ ablation: 'mean' })}>Use the mean</Button>
          <Button onClick={() => workspace.set({ ablation: 'zero' })}>Use zero</Button>
        </div>
      );
    case 'uniform':
      return (
        <div className="ablate-advice">
          <p>Only heads attend. Keep the painted heads alone, or choose another kind.</p>
          <Button onClick={() => otherUnits(workbench).setState({ mlps: [], layers: [] })}>Heads only</Button>
          <Button onClick={() => workspace.set({ ablation: 'zero' })}>Use zero</Button>
        </div>
      );
    default:
      return <p>Change what is named above and try again. What is painted stays.</p>;
  }
}
