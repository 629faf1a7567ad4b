/** The name of the training, what it takes in words, and the button that starts it. */
import type { ReactElement } from 'react';
import { attempt } from '../../api/attempt.ts';
import { useIsResident } from '../../api/hooks.ts';
import { startJob } from '../../api/jobs.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { TextInput } from '../../parts/input.tsx';
import { useChangeDictionaries, useTrain } from './dictionariesSettings.ts';
import type { TrainScene } from './trainPlan.ts';
import { planTraining } from './trainPlan.ts';

export function TrainStart({ scene }: { readonly scene: TrainScene }): ReactElement {
  const workbench = useWorkbench();
  const isResident = useIsResident();
  const change = useChangeDictionaries();
  const [train, changeTrain] = useTrain();
  const plan = planTraining(train, scene);
  const isReady = plan.kind === 'ready' && isResident;
  const start = () =>
    attempt(workbench, async () => {
      if (plan.kind !== 'ready') return;
      const run = await startJob(workbench.client, { call: 'trainDictionaries', request: plan.request });
      change({ run, hidden: [] });
      changeTrain({ name: null, fork: null });
    });
  useShortcut('run', isReady ? start : null);
  const proposed = plan.kind === 'ready' ? (plan.request.out.split('/').at(-1) ?? '') : '';
  return (
    <div className="dict-start">
      <Field label="Name">
        {(ids) => (
          <TextInput
            {...ids}
            className="dict-code"
            value={train.name ?? ''}
            placeholder={proposed}
            onChange={(name) => changeTrain({ name: name === '' ? null : name })}
          />
        )}
      </Field>
      {plan.kind === 'problem' ? (
        <p className="sweeps-problem" role="status">
          {plan.text}
        </p>
      ) : (
        <p className="sweeps-quiet">{plan.words}</p>
      )}
      {!isResident && <p className="sweeps-quiet">The model has to be in memory first.</p>}
      <Button look="primary" icon="runs" disabled={!isReady} onClick={start} title="Ctrl Enter">
        {train.fork === null ? 'Start' : 'Start the fork'}
      </Button>
    </div>
  );
}
