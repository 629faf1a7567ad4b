/** What the model makes of the tokens above: what comes next, what each layer would say, how it goes on. */
import type { ReactElement } from 'react';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { FacePicker } from './facePicker.tsx';
import { GenerateFace } from './generateFace.tsx';
import { LensFace } from './lensFace.tsx';
import { NextFace } from './nextFace.tsx';
import { usePromptsSettings } from './promptsSettings.ts';
import { useTarget } from './useTarget.ts';

export function Faces(): ReactElement {
  const face = usePromptsSettings((settings) => settings.face);
  const mode = usePromptsSettings((settings) => settings.mode);
  const target = useTarget();
  if (target === null)
    return (
      <Panel title="Predictions" controls={<FacePicker />}>
        <Empty title={mode === 'own' ? 'Nothing is written' : 'No prompt to look at'}>
          {mode === 'own'
            ? 'What the model predicts after your text is shown here while you type.'
            : 'Choose prompts above.'}
        </Empty>
      </Panel>
    );
  switch (face) {
    case 'next':
      return <NextFace target={target} />;
    case 'lens':
      return <LensFace target={target} />;
    case 'generate':
      return <GenerateFace target={target} />;
  }
}
