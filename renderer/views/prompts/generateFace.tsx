/** The model goes on from the prompt, token by token, each coloured by the probability that it had. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { RequestOf } from '../../../engine/results/contract.ts';
import { useWorkspace } from '../../api/hooks.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useStream } from '../../api/useStream.ts';
import { Legend } from '../../marks/legend.tsx';
import { TokenStrip } from '../../marks/tokens/tokenStrip.tsx';
import { Button } from '../../parts/button.tsx';
import { copyText } from '../../parts/copyText.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty, ErrorState } from '../../parts/states.tsx';
import { FacePicker } from './facePicker.tsx';
import type { Written } from './generated.ts';
import { foldGenerated, generatedCsv, generatedText, generatedWords, nothingWritten } from './generated.ts';
import { NumberField } from './numberField.tsx';
import type { Sampling } from './promptsSettings.ts';
import { useChangePrompts, usePromptsSettings } from './promptsSettings.ts';
import type { Target } from './useTarget.ts';

const scale = { kind: 'sequential', low: 0, high: 1 } as const;

export function GenerateFace({ target }: { readonly target: Target }): ReactElement {
  const model = useWorkspace((state) => state.model);
  const sampling = usePromptsSettings((settings) => settings.sampling);
  const [asked, setAsked] = useState<RequestOf<'generate'> | null>(null);
  const stream = useStream('generate', asked, foldGenerated, nothingWritten);
  const isRunning = stream.status === 'loading' || stream.status === 'partial';
  const start = () => {
    if (model === null) return;
    const next = { ...model, prompt: { ids: target.ids }, ...sampling };
    if (JSON.stringify(next) === JSON.stringify(asked)) stream.again();
    else setAsked(next);
  };
  useShortcut('run', isRunning ? null : start);
  const written = stream.stale ? nothingWritten : stream.value;
  return (
    <Panel
      title="Predictions"
      controls={<FacePicker />}
      caption={`${target.name}, ${target.ids.length} tokens`}
      exports={{ name: 'generated', csv: () => generatedCsv(written) }}
    >
      <div className="face">
        <SamplingBar>
          {isRunning ? (
            <Button icon="stop" onClick={stream.cancel}>
              Stop
            </Button>
          ) : (
            <Button look="primary" onClick={start}>
              Generate
            </Button>
          )}
        </SamplingBar>
        <div className="face-body">
          {stream.error !== null && <ErrorState error={stream.error} onRetry={stream.again} />}
          {stream.error === null && asked === null && (
            <Empty title="Nothing is generated yet">
              The model continues what is shown above ({target.name}). Temperature 0 always takes the most likely token.
            </Empty>
          )}
          {stream.error === null && asked !== null && (
            <Output written={written} words={generatedWords(stream.status, written, stream.result)} />
          )}
        </div>
      </div>
    </Panel>
  );
}

function SamplingBar({ children }: { readonly children: ReactElement }): ReactElement {
  const sampling = usePromptsSettings((settings) => settings.sampling);
  const change = useChangePrompts();
  const set = (values: Partial<Sampling>) => change({ sampling: { ...sampling, ...values } });
  return (
    <div className="prompts-controls sampling">
      <NumberField
        label="temperature"
        value={sampling.temperature}
        min={0}
        max={10}
        onChange={(temperature) => set({ temperature })}
      />
      <NumberField label="top-p" value={sampling.topP} min={0.01} max={1} onChange={(topP) => set({ topP })} />
      <NumberField
        label="tokens at most"
        value={sampling.max}
        min={1}
        max={4096}
        whole
        onChange={(max) => set({ max })}
      />
      <NumberField label="seed" value={sampling.seed} min={0} max={2 ** 31} whole onChange={(seed) => set({ seed })} />
      {children}
    </div>
  );
}

function Output({ written, words }: { readonly written: Written; readonly words: string }): ReactElement {
  return (
    <div className="generated">
      <TokenStrip
        tokens={written.tokens}
        values={Float32Array.from(written.probabilities)}
        scale={scale}
        measure="probability"
        maxHeight={220}
        label="Generated tokens"
      />
      <div className="generated-foot">
        <span className="prompts-quiet" role="status">
          {words}
        </span>
        <Legend scale={scale} title="probability of the token" width={80} />
        <Button
          look="plain"
          icon="copy"
          disabled={written.tokens.length === 0}
          onClick={() => void copyText(generatedText(written))}
        >
          Copy the text
        </Button>
      </div>
    </div>
  );
}
