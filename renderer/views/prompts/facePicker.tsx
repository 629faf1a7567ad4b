import type { ReactElement } from 'react';
import { Segments } from '../../parts/segments.tsx';
import type { Face } from './promptsSettings.ts';
import { useChangePrompts, usePromptsSettings } from './promptsSettings.ts';

const titles: Readonly<Record<Face, string>> = { next: 'Next token', lens: 'Logit lens', generate: 'Generate' };

export function FacePicker(): ReactElement {
  const face = usePromptsSettings((settings) => settings.face);
  const change = useChangePrompts();
  return (
    <Segments
      label="What is shown"
      value={face}
      options={(['next', 'lens', 'generate'] as const).map((value) => ({ value, title: titles[value] }))}
      onChange={(next) => change({ face: next })}
    />
  );
}
