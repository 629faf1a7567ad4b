/** How a set is grown: from which heads, in how many steps, towards which end. */
import type { ReactElement } from 'react';
import { useSelection } from '../../api/hooks.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { NumberInput, TextInput } from '../../parts/input.tsx';
import { Segments } from '../../parts/segments.tsx';
import { readLayers } from './sweepsLayers.ts';
import { useChangeSweeps, useSweeps } from './sweepsSettings.ts';

const chooses = [
  { value: 'worst', title: 'hurts most' },
  { value: 'best', title: 'hurts least' },
] as const;

export function SweepsGreedyFields({ heads }: { readonly heads: HeadShape }): ReactElement {
  const settings = useSweeps((state) => state);
  const change = useChangeSweeps();
  const count = useSelection(({ set }) => set.length);
  const sources = [
    { value: 'layers', title: 'layers' },
    { value: 'set', title: `the set (${count})` },
  ] as const;
  return (
    <>
      <span className="sweeps-field">
        from
        <Segments label="Candidates" value={settings.from} options={sources} onChange={(from) => change({ from })} />
      </span>
      {settings.from === 'layers' && (
        <TextInput
          className="sweeps-layers"
          aria-label="Layers whose heads are candidates"
          aria-invalid={readLayers(settings.layers, heads.layers) === null}
          title="Layers whose heads are candidates: 0-3, 8"
          value={settings.layers}
          onChange={(layers) => change({ layers })}
        />
      )}
      <span className="sweeps-field">
        steps
        <NumberInput
          aria-label="Steps"
          whole
          min={1}
          max={256}
          value={settings.steps}
          onChange={(steps) => change({ steps })}
        />
      </span>
      <span className="sweeps-field">
        each adds the head that
        <Segments
          label="Which head a step adds"
          value={settings.choose}
          options={chooses}
          onChange={(choose) => change({ choose })}
        />
      </span>
    </>
  );
}
