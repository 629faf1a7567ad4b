/** What is hidden where, a look at one prompt, and how long all of it takes. */
import type { ReactElement } from 'react';
import { useRested } from '../prompts/useRested.ts';
import { useNeedles } from '../../api/queries.ts';
import { useStable } from '../../api/useStable.ts';
import { ErrorState, Loading } from '../../parts/states.tsx';
import { GridFields } from './gridFields.tsx';
import { HaystackField } from './haystackField.tsx';
import { NeedleList } from './needleList.tsx';
import type { NeedleScene } from './needlePlan.ts';
import { planNeedles } from './needlePlan.ts';
import { NeedlePreviewPanel } from './needlePreviewPanel.tsx';
import { PreparedRuns } from './preparedRuns.tsx';
import { useRetrieval } from './retrievalSettings.ts';
import { RunFields } from './runFields.tsx';

interface NeedlesFaceProps {
  readonly context: number;
  readonly isResident: boolean;
}

export function NeedlesFace({ context, isResident }: NeedlesFaceProps): ReactElement {
  const { data, error, refetch } = useNeedles();
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Reading the needles" />;
  return <Bench scene={{ context, builtIn: data.needles }} isResident={isResident} />;
}

interface BenchProps {
  readonly scene: NeedleScene;
  readonly isResident: boolean;
}

function Bench({ scene, isResident }: BenchProps): ReactElement {
  const settings = useRetrieval((all) => all);
  const plan = useStable(planNeedles(settings, scene));
  const rested = useRested(plan);
  return (
    <div className="retrieval-bench">
      <div className="retrieval-form">
        {settings.source === 'file' ? (
          <PreparedRuns />
        ) : (
          <>
            <NeedleList builtIn={scene.builtIn} />
            <HaystackField />
            <GridFields context={scene.context} />
          </>
        )}
        <RunFields />
      </div>
      <NeedlePreviewPanel plan={plan} rested={rested} isResident={isResident} />
    </div>
  );
}
