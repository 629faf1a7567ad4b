/** Files of the plan at the slider's place: the pruned checkpoint, an ONNX graph, and lists for other tools. */
import type { ReactElement } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/states.tsx';
import { goneHeads } from './goneHeads.ts';
import type { PruneModel } from './pruneModel.ts';
import { useChangePrune, usePrune } from './pruneSettings.ts';
import { useScene } from './useScene.ts';
import { WriteCheckpoint } from './writeCheckpoint.tsx';
import { WriteLists } from './writeLists.tsx';
import { WriteOnnx } from './writeOnnx.tsx';
import { WritePlan } from './writePlan.tsx';

function emptiesLayer({ shape }: PruneModel, heads: readonly HeadRef[]): boolean {
  const layers = [...new Set(heads.map(({ layer }) => layer))];
  return layers.some((layer) => heads.filter((head) => head.layer === layer).length === shape.heads);
}

export function WriteFace({ model }: { readonly model: PruneModel }): ReactElement {
  const shown = useScene(model);
  const { scene } = shown;
  const position = usePrune((settings) => settings.position);
  const change = useChangePrune();
  const units = Math.min(position, scene?.order.length ?? 0);
  const heads = scene === null ? [] : goneHeads(model.shape, scene, units);
  if (scene === null || heads.length === 0) {
    return (
      <Empty title="Nothing goes yet" action={<Button onClick={() => change({ face: 'plan' })}>Plan</Button>}>
        Choose in the plan how much goes: what its slider stands at is written here.
      </Empty>
    );
  }
  return (
    <div className="prune-write">
      <WritePlan {...{ shown, scene, units }} heads={heads.length} emptiesLayer={emptiesLayer(model, heads)} />
      <WriteCheckpoint {...{ model, scene, heads }} />
      <WriteOnnx {...{ model, heads }} />
      <WriteLists />
    </div>
  );
}
