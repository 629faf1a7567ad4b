/** Files of the plan at the slider's place: the pruned checkpoint, an ONNX graph, and lists for other tools. */
import type { ReactElement } from 'react';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/states.tsx';
import { goneHeads } from './planMatrix.tsx';
import type { PruneModel } from './pruneModel.ts';
import { useChangePrune, usePrune } from './pruneSettings.ts';
import { useScene } from './useScene.ts';
import { WriteCheckpoint } from './writeCheckpoint.tsx';
import { WriteLists } from './writeLists.tsx';
import { WriteOnnx } from './writeOnnx.tsx';

export function WriteFace({ model }: { readonly model: PruneModel }): ReactElement {
  const { scene } = useScene(model);
  const position = usePrune((settings) => settings.position);
  const change = useChangePrune();
  const heads = scene === null ? [] : goneHeads(model, scene, Math.min(position, scene.order.length));
  if (scene === null || heads.length === 0) {
    return (
      <Empty title="Nothing goes yet" action={<Button onClick={() => change({ face: 'plan' })}>Plan</Button>}>
        Choose in the plan how much goes: what its slider stands at is written here.
      </Empty>
    );
  }
  return (
    <div className="prune-write">
      <WriteCheckpoint {...{ model, scene, heads }} />
      <WriteOnnx {...{ model, heads }} />
      <WriteLists />
    </div>
  );
}
