/** What the faces of the place have in common: the header, and below it what is looked at and how. */
import type { ReactElement, ReactNode } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import type { PanelProps } from '../../parts/panel.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { HeadPicker } from './headPicker.tsx';
import { PromptPicker } from './promptPicker.tsx';
import type { Mode } from './settings.ts';
import type { SettingsInUse } from './useSettings.ts';

const modes: readonly { readonly value: Mode; readonly title: string }[] = [
  { value: 'map', title: 'Map' },
  { value: 'text', title: 'Text' },
  { value: 'arcs', title: 'Arcs' },
  { value: 'wall', title: 'Wall' },
];

export interface AttentionPanelProps extends Omit<PanelProps, 'title' | 'controls'>, SettingsInUse {
  /** Null where a model is lacking. */
  readonly at: { readonly shape: HeadShape; readonly head: HeadRef } | null;
  /** Settings of this face. */
  readonly options?: ReactNode;
}

export function AttentionPanel(props: AttentionPanelProps): ReactElement {
  const { settings, change, at, options, children, ...panel } = props;
  const controls = (
    <>
      <Segments label="Face" value={settings.mode} options={modes} onChange={(mode) => change({ mode })} />
      {at !== null && <HeadPicker {...at} />}
    </>
  );
  return (
    <Panel title="Attention" controls={controls} {...panel}>
      <div className="attention">
        {at !== null && (
          <div className="attention-bar">
            <PromptPicker settings={settings} change={change} />
            {options}
          </div>
        )}
        <div className="attention-body">{children}</div>
      </div>
    </Panel>
  );
}
