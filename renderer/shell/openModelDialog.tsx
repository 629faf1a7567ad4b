/** What opening a model costs and what it closes, and the question whether to. */
import type { ReactElement } from 'react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ResultOf } from '../../engine/results/contract.ts';
import { isAbort } from '../../engine/results/errors.ts';
import { useWatch } from '../api/hooks.ts';
import { openModel } from '../api/openModel.ts';
import { useInfo } from '../api/queries.ts';
import { useWorkbench } from '../api/workbench.ts';
import { formatNumber } from '../marks/format.ts';
import { ProgressBar } from '../marks/progressBar.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { Select } from '../parts/select.tsx';
import { ErrorState, Loading } from '../parts/states.tsx';
import type { ModelChoice } from '../state/workspace.ts';
import { formatBytes } from './formatBytes.ts';
import { isActive } from './jobStates.ts';
import { weightsTitles } from './weightsTitles.ts';
import './openModelDialog.css';

type Info = ResultOf<'info'>;
type Weights = NonNullable<ModelChoice['weights']>;
const holdings = ['auto', 'float32', 'quantised', 'mapped'] as const satisfies readonly Weights[];

interface OpenModelDialogProps {
  readonly path: string;
  /** Chosen already; may still be changed. */
  readonly weights: Weights;
}

export function OpenModelDialog({ path, weights: chosen }: OpenModelDialogProps): ReactElement {
  const workbench = useWorkbench();
  const { data: info, error: unreadable } = useInfo(path);
  const [weights, setWeights] = useState<Weights>(chosen);
  const opening = useStore(workbench.opening);
  const isOpening = opening?.choice.model === path;
  const [error, setError] = useState<Error | null>(null);
  const confirm = useRef<HTMLButtonElement>(null);
  const isKnown = info !== undefined;
  useEffect(() => (isKnown ? confirm.current?.focus() : undefined), [isKnown]);
  const controller = useRef<AbortController | null>(null);
  const close = () => {
    controller.current?.abort();
    workbench.dialogs.close();
  };
  const open = async () => {
    const { signal } = (controller.current = new AbortController());
    setError(null);
    try {
      const choice: ModelChoice = weights === 'auto' ? { model: path } : { model: path, weights };
      await openModel(workbench, choice, signal);
      workbench.dialogs.close();
    } catch (reason) {
      if (!isAbort(reason)) setError(reason instanceof Error ? reason : new Error(String(reason)));
    }
  };
  const failure = error ?? unreadable;
  return (
    <Dialog
      isOpen
      onClose={close}
      title={info === undefined ? 'Open a model' : `Open ${info.name}`}
      about={path}
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button ref={confirm} look="primary" disabled={!isKnown || isOpening} onClick={() => void open()}>
            Open
          </Button>
        </>
      }
    >
      {failure !== null && <ErrorState error={failure} />}
      {failure === null && info === undefined && <Loading what="Reading the headers" />}
      {info !== undefined && failure === null && <Cost {...{ info, weights, isOpening }} onChange={setWeights} />}
      {isOpening && (
        <ProgressBar label="Opening" done={opening.progress?.done ?? 0} total={opening.progress?.total ?? null} />
      )}
    </Dialog>
  );
}

interface CostProps {
  readonly info: Info;
  readonly weights: Weights;
  readonly isOpening: boolean;
  readonly onChange: (weights: Weights) => void;
}

function Cost({ info, weights, isOpening, onChange }: CostProps): ReactElement {
  const resident = useResidentBefore(isOpening);
  const jobs = useWatch((state) => state.jobs).filter(isActive);
  const waiting = jobs.filter(({ model }) => model !== null && model.path !== info.path);
  const { layers, heads, kvHeads } = info.shape;
  const isOther = resident !== null && resident.model.fingerprint !== info.fingerprint;
  return (
    <div className="cost">
      <dl>
        <dt>model</dt>
        <dd>{`${info.architecture.title}, ${formatNumber(Math.round(info.parameters / 1e5) / 10)} M parameters`}</dd>
        <dt>heads</dt>
        <dd>{`${layers} × ${heads}${kvHeads === heads ? '' : `, ${kvHeads} KV groups`}`}</dd>
        <dt>memory free</dt>
        <dd>{formatBytes(info.memory.free)}</dd>
      </dl>
      <Field label="Weights" hint={costWords(info, weights)}>
        {({ id }) => (
          <Select
            id={id}
            label="Weights"
            value={weights}
            onChange={onChange}
            disabled={isOpening}
            options={holdings.map((value) => holdingOption(info, value))}
          />
        )}
      </Field>
      {isOther && <p className="cost-note">{`Closes ${resident.model.name}: one model is in memory at a time.`}</p>}
      {isOther && waiting.length > 0 && (
        <p className="cost-note">{`${waiting.length} of its jobs wait until it is open again: ${waiting.map(({ title }) => title).join('; ')}.`}</p>
      )}
    </div>
  );
}

/** The model in memory; while another is opened the one before, for what was agreed to stays on screen. */
function useResidentBefore(isOpening: boolean) {
  const resident = useWatch((state) => state.resident);
  const [before, setBefore] = useState(resident);
  if (isOpening || before === resident) return before;
  setBefore(resident);
  return resident;
}

function holdingOption({ memory }: Info, value: Weights) {
  if (value === 'auto') return { value, title: weightsTitles[value] };
  const cost = memory[value];
  const possible = cost.kind === 'possible';
  return {
    value,
    title: weightsTitles[value],
    disabled: !possible,
    detail: possible ? formatBytes(cost.total) : cost.reason,
  };
}

function costWords({ memory }: Info, weights: Weights): string {
  const costs = weights === 'auto' ? [memory.float32, memory.quantised, memory.mapped] : [memory[weights]];
  const totals = costs.flatMap((cost) => (cost.kind === 'possible' ? [cost.total] : []));
  const cheapest = Math.min(...totals);
  if (totals.length === 0) return 'This model can’t be held so.';
  if (weights === 'auto') return `Between ${formatBytes(cheapest)} and ${formatBytes(Math.max(...totals))}.`;
  if (cheapest <= memory.free) return `Takes ${formatBytes(cheapest)}.`;
  return `Takes ${formatBytes(cheapest)}, more than is free: the system may slow down.`;
}
