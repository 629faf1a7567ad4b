/** In the inspector: the heads that the primary head reads most of, and those that read most of it, by weights alone. */
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useHeadShape, useIsResident, useModelInfo, useSelection, useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState } from '../../parts/states.tsx';
import type { Composition, CompositionFold } from './compositionStore.ts';
import { compositionOf } from './compositionStore.ts';
import type { Side } from './partners.ts';
import { partnersOf, strongestOf } from './partners.ts';
import { PartnerTable } from './partnerTable.tsx';

export function CompositionSection(): ReactElement | null {
  const workbench = useWorkbench();
  const head = useSelection((state) => state.primary);
  const heads = useHeadShape();
  const fingerprint = useModelInfo()?.fingerprint ?? null;
  if (head === null || heads === null || fingerprint === null) return null;
  const fold = compositionOf(workbench, fingerprint);
  return <OfModel key={fingerprint} {...{ fold, head, heads }} />;
}

interface OfModelProps {
  readonly fold: CompositionFold;
  readonly head: HeadRef;
  readonly heads: HeadShape;
}

function OfModel({ fold, head, heads }: OfModelProps): ReactElement {
  const { status, value, error } = useStore(fold.store);
  const model = useWorkspace((state) => state.model);
  const isResident = useIsResident();
  const ask = () => (model === null ? undefined : fold.ask(model));
  const isRunning = status === 'loading' || status === 'partial';
  const random = value.header?.random ?? null;
  return (
    <Section title="Composition" aside={random === null ? undefined : `random ${random.toFixed(3)}`}>
      <div className="heads-card">
        {error !== null && <ErrorState error={error} onRetry={ask} />}
        {(status === 'idle' || status === 'cancelled') && (
          <Ask wasCancelled={status === 'cancelled'} isPossible={isResident} onAsk={ask} />
        )}
        {isRunning && (
          <div className="heads-composing">
            <ProgressBar label="Composition, layers" done={value.done} total={value.total} />
            <Button look="plain" onClick={fold.cancel}>
              Cancel
            </Button>
          </div>
        )}
        {random !== null && <Partners {...{ value, head, heads, random }} isWhole={status === 'done'} />}
      </div>
    </Section>
  );
}

interface AskProps {
  readonly wasCancelled: boolean;
  readonly isPossible: boolean;
  readonly onAsk: () => void;
}

function Ask({ wasCancelled, isPossible, onAsk }: AskProps): ReactElement {
  return (
    <>
      <p className="heads-quiet">
        {wasCancelled
          ? 'Cancelled: layers that had come stay.'
          : 'Which earlier heads it reads from, and which later ones read from it, by the weights of all pairs. Takes a second for a small model, half a minute for one of a hundred million weights.'}
      </p>
      <Button onClick={onAsk} disabled={!isPossible} title={isPossible ? undefined : 'The model is not in memory'}>
        Compute
      </Button>
    </>
  );
}

/** Partners of each kind. */
const MOST = 4;

interface PartnersProps {
  readonly value: Composition;
  readonly head: HeadRef;
  readonly heads: HeadShape;
  readonly random: number;
  readonly isWhole: boolean;
}

function Partners({ value, head, heads, random, isWhole }: PartnersProps): ReactElement {
  const of = (side: Side) => partnersOf(value, side, head, heads.heads, MOST);
  const [writers, readers] = [of('writers'), of('readers')];
  const most = Math.max(random, strongestOf(writers), strongestOf(readers));
  const common = { head, heads, random, most, isWhole };
  return (
    <>
      <PartnerTable {...common} side="writers" partners={writers} />
      <PartnerTable {...common} side="readers" partners={readers} />
      <p className="heads-quiet">
        How far what the earlier head writes lies in what the later one reads, 0 to 1, from weights alone (Elhage et al.
        2021). The tick: what two matrices have on average when one is turned at random.
      </p>
      <p className="heads-formula">‖W_OV W_QK‖ / (‖W_OV‖ ‖W_QK‖); values: W_OV for W_QK</p>
    </>
  );
}
