/** The plan itself as a file: `headscope prune MODEL --plan heads.json` removes what is removed here. */
import type { ReactElement } from 'react';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { SweepsRunBar } from '../ablate/sweepsRunBar.tsx';
import { unitWords } from './pruneUnits.ts';
import { usePrune } from './pruneSettings.ts';
import type { Scene } from './scene.ts';
import type { PlanFormat } from './usePlanFile.ts';
import { usePlanFile } from './usePlanFile.ts';
import type { ShownScene } from './useScene.ts';

const forms: readonly { readonly format: PlanFormat; readonly title: string }[] = [
  { format: 'heads.json', title: 'heads.json' },
  { format: 'hf-heads', title: 'Hugging Face {layer: [heads]}' },
  { format: 'head-mask', title: 'head_mask.npy' },
];

interface WritePlanProps {
  readonly shown: ShownScene;
  readonly scene: Scene;
  /** Query heads and units that go. */
  readonly heads: number;
  readonly units: number;
  /** Of some layer none stays: the command line wants to be told. */
  readonly emptiesLayer: boolean;
}

export function WritePlan({ shown, scene, heads, units, emptiesLayer }: WritePlanProps): ReactElement {
  const { run, isDone, measure, save, notes } = usePlanFile(shown, heads, units);
  const draws = usePrune((settings) => settings.draws);
  return (
    <Section title="Plan" aside="heads.json">
      <p className="sweeps-quiet">
        {`Order, costs, what stays and why, budget, who can run it, the text’s hash, and ${draws} random plans with their seed. `}
        <code>{`headscope prune MODEL --plan heads.json${emptiesLayer ? ' --empty-layers' : ''}`}</code>
        {` removes the same ${heads} heads.`}
      </p>
      {run !== null && <SweepsRunBar run={run} />}
      {measure === null ? (
        <p className="sweeps-problem">This curve does not say by what its order was made: measure one anew.</p>
      ) : isDone ? (
        <div className="prune-pair">
          {forms.map(({ format, title }) => (
            <Button key={format} icon="download" onClick={() => save(format)}>
              {title}
            </Button>
          ))}
        </div>
      ) : (
        run === null && (
          <Button
            icon="runs"
            onClick={measure}
          >{`Measure these ${units} ${unitWords(scene.unit)} beside random plans`}</Button>
        )
      )}
      {notes.map((note) => (
        <p key={note} className="sweeps-quiet">
          {note}
        </p>
      ))}
    </Section>
  );
}
