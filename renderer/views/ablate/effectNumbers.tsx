/** All numbers of an effect, each under the words of the set that it is of. */
import type { ReactElement } from 'react';
import { MetricLines } from './metricLines.tsx';
import { NextTokens } from './nextTokens.tsx';
import type { EffectState } from './liveEffect.ts';
import { RandomSets } from './randomSets.tsx';

export function EffectNumbers({ effect }: { readonly effect: EffectState }): ReactElement | null {
  const { value, of, result } = effect;
  if (of === null) return null;
  return (
    <>
      <NextTokens next={value.next} of={of} />
      <MetricLines metric={value.metric} of={of} />
      <RandomSets view={value} of={of} />
      {(result?.warnings ?? []).map((warning) => (
        <p key={warning} className="ablate-warning">
          {warning}
        </p>
      ))}
    </>
  );
}
