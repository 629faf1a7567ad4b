/** What one head attends to on one prompt, four ways. */
import type { ReactElement } from 'react';
import { useHeadShape, useIsResident, useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { ArcsFace } from './arcsFace.tsx';
import './attention.css';
import { AttentionPanel } from './attentionPanel.tsx';
import { MapFace } from './mapFace.tsx';
import type { Scene } from './scene.ts';
import type { Subject } from './subject.ts';
import { TextFace } from './textFace.tsx';
import { useHead } from './useHead.ts';
import { useHeadKeys } from './useHeadKeys.ts';
import { useReader } from './useReader.ts';
import type { SettingsInUse } from './useSettings.ts';
import { useSettings } from './useSettings.ts';
import type { ReadyPrompt, ShownPrompt } from './useShownPrompt.ts';
import { useShownPrompt } from './useShownPrompt.ts';
import { WallFace } from './wallFace.tsx';

export function AttentionPlace(): ReactElement {
  const inUse = useSettings();
  const shown = useShownPrompt(inUse.settings);
  const shape = useHeadShape();
  const isResident = useIsResident();
  const head = useHead(shape);
  const subject = useSubject(inUse, shown);
  const reader = useReader(subject, shown.kind === 'ready' ? shown.ids.length : 0);
  useHeadKeys(shape, head, shown, inUse);
  if (shape === null || !isResident) return <NoModel {...inUse} shape={shape} />;
  if (shown.kind === 'ready' && reader !== null)
    return <Face scene={{ ...inUse, shape, head, prompt: shown, reader }} />;
  return (
    <AttentionPanel {...inUse} at={{ shape, head }}>
      <NoPrompt shown={shown} {...inUse} />
    </AttentionPanel>
  );
}

function Face({ scene }: { readonly scene: Scene }): ReactElement {
  switch (scene.settings.mode) {
    case 'map':
      return <MapFace scene={scene} />;
    case 'text':
      return <TextFace scene={scene} />;
    case 'arcs':
      return <ArcsFace scene={scene} />;
    case 'wall':
      return <WallFace scene={scene} />;
  }
}

/** Null while a model or a prompt is lacking. */
function useSubject({ settings }: SettingsInUse, shown: ShownPrompt): Subject | null {
  const model = useWorkspace((state) => state.model);
  const isResident = useIsResident();
  if (model === null || !isResident || shown.kind !== 'ready') return null;
  return subjectOf(model, shown, settings);
}

function subjectOf(
  model: Pick<Subject, 'model' | 'weights'>,
  { ids }: ReadyPrompt,
  { measure, hideSink }: SettingsInUse['settings'],
): Subject {
  return { ...model, prompt: { ids }, measure, ...(hideSink ? { skipKeys: 1 } : {}) };
}

function NoModel({ shape, ...inUse }: SettingsInUse & { readonly shape: HeadShape | null }): ReactElement {
  const { dialogs } = useWorkbench();
  const choose = () => dialogs.show({ kind: 'palette', page: 'models' });
  return (
    <AttentionPanel {...inUse} at={null}>
      <Empty
        title={shape === null ? 'No model is open' : 'The model is not in memory'}
        action={<Button onClick={choose}>Choose a model</Button>}
      >
        Where the heads of a model look on a prompt is drawn here once it is open.
      </Empty>
    </AttentionPanel>
  );
}

function NoPrompt({ shown, settings, change }: SettingsInUse & { readonly shown: ShownPrompt }): ReactElement | null {
  const { dialogs } = useWorkbench();
  if (shown.kind === 'error')
    return <ErrorState error={shown.error} {...(shown.retry === null ? {} : { onRetry: shown.retry })} />;
  if (shown.kind === 'loading') return <Loading what="Reading the prompt" />;
  if (shown.kind === 'ready') return null;
  if (settings.source === 'text')
    return <Empty title="Nothing is typed">The text that you type above is looked at.</Empty>;
  return (
    <Empty
      title="No prompts are chosen"
      action={
        <>
          <Button onClick={() => dialogs.show({ kind: 'palette', page: 'prompts' })}>Choose prompts</Button>
          <Button look="plain" onClick={() => change({ source: 'text' })}>
            Type a text
          </Button>
        </>
      }
    >
      Attention is drawn for one prompt at a time.
    </Empty>
  );
}
