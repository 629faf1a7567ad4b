/** The step of a tour that is being taken: over the foot of the inspector, so that what it speaks of is seen. */
import type { ReactElement } from 'react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { attempt } from '../api/attempt.ts';
import { useHeadMeasures } from '../api/hooks.ts';
import { useWorkbench } from '../api/workbench.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { measureOf, startRunFor, takeStep } from './takeStep.ts';
import './tour.css';
import type { TourPlan, TourStep } from './tours.ts';
import { tourOf } from './tours.ts';

export function TourGuide(): ReactElement | null {
  const { tour } = useWorkbench();
  const { tour: id, step: at } = useStore(tour.store);
  const plan = tourOf(id);
  const step = plan?.steps[at];
  return plan === null || step === undefined ? null : <Step plan={plan} step={step} at={at} />;
}

interface StepProps {
  readonly plan: TourPlan;
  readonly step: TourStep;
  readonly at: number;
}

function Step({ plan, step, at }: StepProps): ReactElement {
  const workbench = useWorkbench();
  const list = useHeadMeasures();
  const wanted = step.measure ?? null;
  const isMissing = wanted !== null && measureOf(list, wanted) === null;
  const box = useRef<HTMLElement>(null);
  // Again when the measure comes, for the heads are chosen by it.
  useEffect(() => takeStep(workbench, step), [workbench, step, isMissing]);
  useEffect(() => box.current?.focus(), [step]);
  const isLast = at === plan.steps.length - 1;
  const { goTo, end } = workbench.tour;
  return (
    <section ref={box} className="tour" tabIndex={-1} aria-label={`Tour: ${plan.title}`}>
      <header className="tour-head">
        <span>{`${plan.title}, ${at + 1} of ${plan.steps.length}`}</span>
        <IconButton icon="close" label="Leave the tour" onClick={end} />
      </header>
      <h2 className="tour-title">{step.title}</h2>
      <p className="tour-text">{step.text}</p>
      {isMissing && <MissingRun onStart={() => attempt(workbench, () => startRunFor(workbench, wanted))} />}
      <footer className="tour-actions">
        <Button look="plain" disabled={at === 0} onClick={() => goTo(at - 1)}>
          Back
        </Button>
        <Button look="primary" onClick={() => (isLast ? end() : goTo(at + 1))}>
          {isLast ? 'Done' : 'Next'}
        </Button>
      </footer>
    </section>
  );
}

function MissingRun({ onStart }: { readonly onStart: () => void }): ReactElement {
  return (
    <p className="tour-missing">
      This model has no such run yet.
      <Button onClick={onStart}>Run it now</Button>
    </p>
  );
}
