/** What heads are compared by, and on which plane they are laid out. */
import type { ReactElement } from 'react';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Select } from '../../parts/select.tsx';
import type { MeasuredOn } from '../../state/workspace.ts';
import type { SimilaritySettings } from './similarityStore.ts';
import { similarityStore, useSimilaritySettings } from './similarityStore.ts';
import { featureWords } from './similarityWords.ts';

interface SimilarityControlsProps {
  readonly on: MeasuredOn | null;
  /** Heads of the model: no head has as many neighbours. */
  readonly count: number;
}

export function SimilarityControls({ on, count }: SimilarityControlsProps): ReactElement {
  const store = similarityStore(useWorkbench());
  const { feature, plane, neighbours, seed } = useSimilaritySettings();
  const change = (next: Partial<SimilaritySettings>) => store.change(on, next);
  return (
    <>
      <Select label="Compared by" value={feature} options={features} onChange={(next) => change({ feature: next })} />
      <Segments label="Plane" value={plane} options={planes} onChange={(next) => change({ plane: next })} />
      {plane === 'umap' && (
        <>
          <Select
            label="Neighbours of each head"
            value={String(neighbours)}
            options={choicesBelow(count)}
            onChange={(next) => change({ neighbours: Number(next) })}
          />
          <Button title="Lay it out with the next seed" onClick={() => change({ seed: seed + 1 })}>
            {`Seed ${seed}`}
          </Button>
        </>
      )}
    </>
  );
}

const features = (['pattern', 'write', 'scores'] as const).map((value) => ({
  value,
  title: featureWords[value].title,
  detail: featureWords[value].rule,
}));

const planes = [
  { value: 'pca', title: 'PCA' },
  { value: 'umap', title: 'UMAP' },
] as const;

function choicesBelow(count: number) {
  return [5, 10, 15, 30, 50]
    .filter((neighbours) => neighbours < count)
    .map((neighbours) => ({ value: String(neighbours), title: `${neighbours} neighbours` }));
}
