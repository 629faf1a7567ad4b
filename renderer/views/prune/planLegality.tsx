/** Which programs can run what stays, in words of the engine. */
import type { ReactElement } from 'react';
import { usePruneLegality } from '../../api/queries.ts';
import { ErrorState, Loading } from '../../parts/states.tsx';
import { Section } from '../../parts/section.tsx';
import { useRested } from '../prompts/useRested.ts';
import { goneHeads } from './goneHeads.ts';
import type { PruneModel } from './pruneModel.ts';
import type { Scene } from './scene.ts';

interface PlanLegalityProps {
  readonly model: PruneModel;
  readonly scene: Scene;
  readonly position: number;
}

export function PlanLegality({ model, scene, position }: PlanLegalityProps): ReactElement {
  const rested = useRested(position);
  const heads = goneHeads(model.shape, scene, rested);
  const { data, error, isPlaceholderData } = usePruneLegality({ model: model.choice.model, heads });
  return (
    <Section title="Who can run it" aside="by shape; none was tried">
      {error !== null ? (
        <ErrorState error={error} />
      ) : data === undefined ? (
        <Loading what="Reading the model’s config" />
      ) : (
        <ul className="prune-legal" data-stale={isPlaceholderData || rested !== position}>
          {data.legal.map(({ target, ok, reason }) => (
            <li key={target}>
              <span data-ok={ok}>{ok ? 'yes' : 'no'}</span>
              <span>
                {target}
                <small>{reason}</small>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
