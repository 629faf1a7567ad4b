/** The attention of the primary head on the prompt that is shown; a click on a row goes to the Attention place with it. */
import type { ReactElement } from 'react';
import { useMemo, useRef, useState } from 'react';
import type { AttentionMeasure } from '../../../engine/results/attention.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useIsResident, useSelection, useWorkspace } from '../../api/hooks.ts';
import { roundUp } from '../../api/measureScale.ts';
import { useAttentionTile } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { AttentionMap } from '../../marks/attentionMap/attentionMap.tsx';
import type { ColourScale } from '../../marks/colour.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Select } from '../../parts/select.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { headName } from '../../state/headNames.ts';
import { previewSource, stepFor } from './previewSource.ts';
import type { ShownPrompt } from './shownPrompt.ts';
import { useShownPrompt } from './shownPrompt.ts';
import { TopKeyList } from './topKeyList.tsx';

export function AttentionPreview(): ReactElement {
  const head = useSelection((state) => state.primary);
  const { prompt, asked } = useShownPrompt();
  if (head === null) {
    return (
      <Panel title="Attention">
        <Empty title="No head is chosen">Choose one in the matrix to see where it attends.</Empty>
      </Panel>
    );
  }
  if (prompt === null) {
    return (
      <Panel title="Attention">
        {asked.error === null ? <NotYet /> : <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />}
      </Panel>
    );
  }
  return <HeadAttention head={head} prompt={prompt} />;
}

/** No prompts, or their model is not in memory, or they are being read. */
function NotYet(): ReactElement {
  const { dialogs } = useWorkbench();
  const hasPrompts = useWorkspace((state) => state.prompts !== null);
  const path = useWorkspace((state) => state.model?.model ?? null);
  const isResident = useIsResident();
  if (!hasPrompts) {
    const choose = () => dialogs.show({ kind: 'palette', page: 'prompts' });
    return <Empty title="No prompts are chosen" action={<Button onClick={choose}>Choose prompts</Button>} />;
  }
  if (isResident || path === null) return <Loading what="Reading the prompt" />;
  const open = <Button onClick={() => dialogs.show({ kind: 'openModel', path })}>Open it</Button>;
  return (
    <Empty title="The model is not in memory" action={open}>
      Its saved numbers are shown above; attention is computed by the model.
    </Empty>
  );
}

interface HeadAttentionProps {
  readonly head: HeadRef;
  readonly prompt: ShownPrompt;
}

function HeadAttention({ head, prompt }: HeadAttentionProps): ReactElement {
  const { selection, workspace } = useWorkbench();
  const [measure, setMeasure] = useState<AttentionMeasure>('pattern');
  const picture = useRef<Picture>(null);
  const { source, scale, data, error, isStale, retry } = usePreview(head, prompt, measure);
  const openAttention = (query: number | null) => {
    if (query !== null) selection.setTokens({ query });
    workspace.goTo('attention');
  };
  return (
    <Panel
      title="Attention"
      className="heads-attention"
      controls={
        <>
          <code>{headName(head)}</code>
          <Select label="Attention measure" value={measure} options={attentionMeasures} onChange={setMeasure} />
          <PromptStepper prompt={prompt} />
        </>
      }
      caption={`prompt ${prompt.index + 1} of ${prompt.total}`}
      aside={<IconButton icon="full" label="Open in Attention" onClick={() => openAttention(null)} />}
      exports={{
        name: `attention-${headName(head)}-prompt-${prompt.index + 1}`,
        csv: () => attentionCsv(prompt, data),
        picture: () => picture.current,
      }}
    >
      {error !== null ? (
        <ErrorState error={error} onRetry={retry} />
      ) : (
        <div className="heads-preview" data-stale={isStale}>
          <FitBox>
            {(size) => (
              <AttentionMap
                {...size}
                ref={picture}
                tokens={prompt.tokens}
                source={source}
                scale={scale}
                measure={measure}
                row={prompt.query}
                onRow={openAttention}
                label={`Attention of ${headName(head)}: queries down, keys to the right. Enter opens the query in Attention`}
              />
            )}
          </FitBox>
          <TopKeyList head={head} prompt={prompt} measure={measure} most={8} />
        </div>
      )}
    </Panel>
  );
}

const attentionMeasures = [
  { value: 'pattern', title: 'pattern' },
  { value: 'valueWeighted', title: 'value-weighted' },
] as const;

function usePreview({ layer, head }: HeadRef, { tokens, on }: ShownPrompt, measure: AttentionMeasure) {
  const step = stepFor(tokens.length);
  const all = [0, tokens.length] as const;
  const asked = useAttentionTile({ ...on, measure, layer, head, queries: all, keys: all, step, pool: 'max' });
  const { data: tile = null, error, isPlaceholderData: isStale } = asked;
  const source = useMemo(() => previewSource(tile?.data ?? null, tile?.rows ?? 0, step), [tile, step]);
  const scale = useMemo(() => scaleFor(measure, tile?.data ?? null), [measure, tile]);
  return {
    source,
    scale,
    error,
    isStale,
    data: step === 1 ? (tile?.data ?? null) : null,
    retry: () => void asked.refetch(),
  };
}

/** Weights lie between 0 and 1; lengths of what values write have no end. */
function scaleFor(measure: AttentionMeasure, data: Float32Array | null): ColourScale {
  const high = measure === 'pattern' || data === null ? 1 : roundUp(data.reduce((a, b) => Math.max(a, b), 0));
  return { kind: 'sequential', low: 0, high };
}

function attentionCsv({ tokens }: ShownPrompt, data: Float32Array | null): string {
  const names = tokens.map(({ text }, at) => `${at} ${text}`);
  const row = (query: number) => Array.from(data?.subarray(query * tokens.length, (query + 1) * tokens.length) ?? []);
  return csvOf(
    ['query \\ key', ...names],
    names.map((name, query) => [name, ...row(query)]),
  );
}

function PromptStepper({ prompt: { index, total } }: { readonly prompt: ShownPrompt }): ReactElement {
  const { workspace } = useWorkbench();
  const step = (by: number) => workspace.set({ promptIndex: index + by });
  return (
    <span className="heads-stepper">
      <IconButton icon="left" label="Previous prompt" disabled={index === 0} onClick={() => step(-1)} />
      <IconButton icon="right" label="Next prompt" disabled={index + 1 >= total} onClick={() => step(1)} />
    </span>
  );
}
