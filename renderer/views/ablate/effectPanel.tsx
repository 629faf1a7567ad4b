/** What the painted set does: next tokens first, then the metric, then random sets beside it; what is old is said to be. */
import type { ReactElement } from 'react';
import { useWorkspace } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { CancelledState, Empty, ErrorState } from '../../parts/states.tsx';
import { MetricLines } from './metricLines.tsx';
import { NextTokens } from './nextTokens.tsx';
import { countWords, sizeOf, usePainted } from './painted.ts';
import { RandomSets } from './randomSets.tsx';
import type { PaintedEffect } from './usePaintedEffect.ts';
import { useLatency, usePaintedEffect } from './usePaintedEffect.ts';

export function EffectPanel(): ReactElement {
  const effect = usePaintedEffect();
  const painted = usePainted();
  if (sizeOf(painted) === 0) {
    return (
      <Empty title="Paint some heads">
        Drag over the matrix. While the mouse is down the next tokens and the metric are computed without what is
        painted, with random sets of the same size beside them.
      </Empty>
    );
  }
  if (effect.status === 'error' && effect.error !== null) return <Failed effect={effect} error={effect.error} />;
  if (effect.status === 'cancelled' && effect.value.next === null) return <CancelledState onAgain={effect.again} />;
  return <Shown effect={effect} of={countWords(painted)} />;
}

function Shown({ effect, of }: { readonly effect: PaintedEffect; readonly of: string }): ReactElement {
  const { value, stale, status, result, n } = effect;
  const isComputing = status === 'loading' || (status === 'partial' && value.metric === null);
  const latency = useLatency(effect);
  return (
    <div className="ablate-effect" data-stale={stale} aria-busy={isComputing}>
      <div className="ablate-working" data-on={isComputing} />
      <p className="ablate-note" role="status">
        {stale
          ? 'Computing; what stands here is of the set before.'
          : status === 'cancelled'
            ? 'Cancelled: a part is there.'
            : timeWords(latency.next, latency.metric)}
      </p>
      <NextTokens next={value.next} of={of} />
      <MetricLines metric={value.metric} n={n} />
      <RandomSets view={value} of={of} isDone={status === 'done'} />
      {(result?.warnings ?? []).map((warning) => (
        <p key={warning} className="ablate-warning">
          {warning}
        </p>
      ))}
      {isComputing && (
        <Button look="plain" onClick={effect.cancel}>
          Cancel
        </Button>
      )}
    </div>
  );
}

function timeWords(next: number | null, metric: number | null): string {
  const parts = [
    next === null ? '' : `next tokens after ${Math.round(next)} ms`,
    metric === null ? '' : `metric after ${Math.round(metric)} ms`,
  ].filter((part) => part !== '');
  return parts.join(', ') || 'Computing';
}

/** The engine's own words, and what can be done about the usual ones. */
function Failed({ effect, error }: { readonly effect: PaintedEffect; readonly error: Error }): ReactElement {
  const ablation = useWorkspace((state) => state.ablation);
  const advice =
    ablation === 'resample'
      ? 'Resampling takes values from corrupt prompts of the same length: choose prompts that have them, or zero or mean.'
      : ablation === 'uniform'
        ? 'Uniform attention is of heads: take MLPs and layers away, or choose another kind.'
        : undefined;
  return <ErrorState error={error} {...(advice === undefined ? {} : { advice })} onRetry={effect.again} />;
}
