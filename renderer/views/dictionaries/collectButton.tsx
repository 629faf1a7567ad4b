/** Reads text and keeps where each feature is active: a job. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { attempt } from '../../api/attempt.ts';
import { useIsResident, useRun } from '../../api/hooks.ts';
import { startJob } from '../../api/jobs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatNumber } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import type { DictionariesModel } from './dictionariesModel.ts';
import { useTrain } from './dictionariesSettings.ts';
import { textsOf } from '../prune/pruneSettings.ts';
import { isOfModel } from './useShelf.ts';

interface CollectButtonProps {
  readonly model: DictionariesModel;
  readonly card: DictionaryCard;
}

/** Contexts of a feature, and tokens of each. */
const contexts = { strongest: 20, perQuantile: 5, before: 24, after: 8, seed: 0 } as const;

export function CollectButton({ model, card }: CollectButtonProps): ReactElement {
  const workbench = useWorkbench();
  const [train] = useTrain();
  const [run, setRun] = useState<string | null>(null);
  const isResident = useIsResident();
  const isOwn = isOfModel(card, model);
  const texts = textsOf(train, model.shape.context);
  const start = () =>
    attempt(workbench, async () => {
      const rows = { kind: 'text', texts } as const;
      const request = { ...model.choice, dictionary: card.path, rows, ...contexts };
      setRun(await startJob(workbench.client, { call: 'collectFeatures', request }));
    });
  const words = `Reads ${formatNumber(texts.n)} windows of ${formatNumber(texts.length)} tokens of the text chosen in Train`;
  return (
    <>
      {run !== null && <Collecting run={run} />}
      <Button
        look={card.collected ? 'plain' : 'normal'}
        disabled={!isOwn || !isResident}
        onClick={start}
        title={isOwn ? words : 'It was made for another model'}
      >
        {card.collected ? 'Collect anew' : 'Collect contexts'}
      </Button>
    </>
  );
}

function Collecting({ run }: { readonly run: string }): ReactElement | null {
  const summary = useRun(run)?.summary ?? null;
  if (summary === null || summary.state === 'done') return null;
  const { progress, state, error } = summary;
  const share = progress === null ? '' : ` ${formatNumber(progress.done)} of ${formatNumber(progress.total)}`;
  return (
    <span className={error === null ? 'sweeps-quiet' : 'sweeps-problem'} role="status">
      {error?.message ?? `${state === 'running' ? 'collecting' : state}${share}`}
    </span>
  );
}
