/** What the full and the pruned model write after the same text, side by side; greedy, so that both are repeatable. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { EventOf, RequestOf } from '../../../engine/results/contract.ts';
import { useIsResident } from '../../api/hooks.ts';
import { useStream } from '../../api/useStream.ts';
import { Button } from '../../parts/button.tsx';
import { TextInput } from '../../parts/input.tsx';
import { Section } from '../../parts/section.tsx';
import { zeroedHeads } from './zeroedHeads.ts';
import { goneHeads } from './goneHeads.ts';
import type { PruneModel } from './pruneModel.ts';
import { useChangePrune, usePrune } from './pruneSettings.ts';
import type { Scene } from './scene.ts';

interface PlanGenerationProps {
  readonly model: PruneModel;
  readonly scene: Scene;
  /** The slider's place is measured: the numbers come first. */
  readonly isReady: boolean;
}

const NEW_TOKENS = 40;

export function PlanGeneration({ model, scene, isReady }: PlanGenerationProps): ReactElement {
  const { prompt, generates } = usePrune((settings) => settings);
  const change = useChangePrune();
  const ask = () => change({ generates: true });
  return (
    <Section title="What it writes" aside={`greedy, ${NEW_TOKENS} tokens`}>
      <form
        className="prune-prompt"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <TextInput
          value={prompt}
          placeholder="Text to go on from"
          aria-label="Text to go on from"
          onChange={(next) => change({ prompt: next, generates: false })}
        />
        <Button disabled={prompt === ''} onClick={ask}>
          Write
        </Button>
      </form>
      {generates && prompt !== '' && <Texts {...{ model, scene, prompt, isReady }} />}
    </Section>
  );
}

function Texts({ model, scene, prompt, isReady }: PlanGenerationProps & { readonly prompt: string }): ReactElement {
  const rested = usePrune((settings) => settings.rested);
  const [written, setWritten] = useState(rested);
  if (isReady && written !== rested) setWritten(rested);
  const request = { ...model.choice, prompt: { text: prompt }, max: NEW_TOKENS, temperature: 0, seed: 0 };
  const heads = goneHeads(model.shape, scene, Math.min(written, scene.order.length));
  return (
    <div className="prune-columns">
      <Written title="Full model" request={request} />
      <Written
        title={`Without ${heads.length} heads`}
        request={heads.length === 0 ? request : { ...request, edits: zeroedHeads(heads) }}
      />
    </div>
  );
}

interface WrittenProps {
  readonly title: string;
  readonly request: RequestOf<'generate'>;
}

function Written({ title, request }: WrittenProps): ReactElement {
  const isResident = useIsResident();
  const { value, status, stale, error } = useStream('generate', isResident ? request : null, addText, '');
  return (
    <div className="prune-written" data-stale={stale}>
      <h4>{title}</h4>
      {error === null ? (
        <p>{value === '' ? (status === 'done' ? 'nothing: it ends at once' : 'writing') : value}</p>
      ) : (
        <p className="sweeps-problem" role="alert">
          {error.message}
        </p>
      )}
    </div>
  );
}

/** Without a tokenizer the ids. */
function addText(text: string, { id, text: added }: EventOf<'generate'>): string {
  return text + (added ?? ` ${id}`);
}
