/** How what is painted is taken out, on which prompts, beside how many random sets. */
import type { ReactElement } from 'react';
import { useWorkspace } from '../../api/hooks.ts';
import { usePrompts } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { IconButton } from '../../parts/button.tsx';
import { NumberInput } from '../../parts/input.tsx';
import { Segments } from '../../parts/segments.tsx';
import type { SelectOption } from '../../parts/select.tsx';
import { Select } from '../../parts/select.tsx';
import { Slider } from '../../parts/slider.tsx';
import type { AblationKind } from '../../state/workspace.ts';
import type { Brush } from './paintSettings.ts';
import { QUICK, useChangePaint, usePaint } from './paintSettings.ts';

const kinds: readonly SelectOption<AblationKind>[] = [
  { value: 'zero', title: 'Zero', detail: 'nothing in its place' },
  { value: 'mean', title: 'Mean', detail: 'its mean over the prompts at each position, counted from the end' },
  { value: 'resample', title: 'Resample', detail: 'its value on the corrupt prompt' },
  { value: 'scale', title: 'Scale', detail: 'itself times a factor' },
  { value: 'uniform', title: 'Uniform attention', detail: 'equal weight on every key' },
];

export function PaintControls({ heads }: { readonly heads: HeadShape }): ReactElement {
  const { workspace } = useWorkbench();
  const ablation = useWorkspace((state) => state.ablation);
  const scale = useWorkspace((state) => state.scale);
  const randomSets = useWorkspace((state) => state.randomSets);
  return (
    <div className="ablate-controls">
      <Select
        label="What takes its place"
        value={ablation}
        options={kinds}
        onChange={(value) => workspace.set({ ablation: value })}
      />
      {ablation === 'scale' && (
        <Slider
          label="Factor"
          {...{ value: scale, min: -1, max: 3, step: 0.05 }}
          onChange={(value) => workspace.set({ scale: value })}
          format={(value) => `× ${value.toFixed(2)}`}
        />
      )}
      {heads.kvHeads < heads.heads && <BrushChoice />}
      <ShownPrompt />
      <QuickChoice />
      <span className="ablate-control">
        random sets
        <NumberInput
          className="ablate-number"
          aria-label="Random sets"
          {...{ value: randomSets, min: 0, max: 200 }}
          whole
          onChange={(value) => workspace.set({ randomSets: value })}
        />
      </span>
    </div>
  );
}

function BrushChoice(): ReactElement {
  const change = useChangePaint();
  const brush = usePaint((state) => state.brush);
  return (
    <Segments<Brush>
      label="The brush paints"
      value={brush}
      options={[
        { value: 'head', title: 'Heads' },
        { value: 'kv-group', title: 'KV groups' },
      ]}
      onChange={(value) => change({ brush: value })}
    />
  );
}

/** Whose next tokens are shown. */
function ShownPrompt(): ReactElement | null {
  const { workspace } = useWorkbench();
  const index = useWorkspace((state) => state.promptIndex);
  const prompts = useWorkspace((state) => state.prompts);
  const model = useWorkspace((state) => state.model);
  const asked = usePrompts(model === null || prompts === null ? null : { ...model, prompts, from: index, count: 1 });
  const quick = usePaint((state) => state.quick);
  if (asked.data === undefined) return null;
  const most = prompts?.kind === 'task' && quick !== null ? Math.min(quick, asked.data.total) : asked.data.total;
  const shown = Math.min(index, most - 1);
  const go = (to: number) => workspace.set({ promptIndex: Math.min(most - 1, Math.max(0, to)) });
  return (
    <span className="ablate-control">
      <IconButton icon="left" label="Prompt before" disabled={shown === 0} onClick={() => go(shown - 1)} />
      {`prompt ${shown + 1} of ${most}`}
      <IconButton icon="right" label="Next prompt" disabled={shown >= most - 1} onClick={() => go(shown + 1)} />
    </span>
  );
}

/** A few prompts answer quickly; all of them say it for sure. */
function QuickChoice(): ReactElement | null {
  const change = useChangePaint();
  const quick = usePaint((state) => state.quick);
  const prompts = useWorkspace((state) => state.prompts);
  if (prompts?.kind !== 'task' || prompts.n <= QUICK) return null;
  return (
    <Segments
      label="Prompts that are measured on"
      value={quick === null ? 'all' : 'quick'}
      options={[
        { value: 'quick', title: `first ${QUICK} prompts` },
        { value: 'all', title: `all ${prompts.n}` },
      ]}
      onChange={(value) => change({ quick: value === 'all' ? null : QUICK })}
    />
  );
}
