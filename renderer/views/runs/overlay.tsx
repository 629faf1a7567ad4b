/** The numbers of two runs over each other: each head a point, and the difference of each head in a matrix. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useRun } from '../../api/hooks.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import type { RunView } from '../../api/runStore.ts';
import { Select } from '../../parts/select.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { DifferencePanel } from './differencePanel.tsx';
import type { HeadRun } from './overlaid.ts';
import { headRun, measureOf, partOf, sameHeads } from './overlaid.ts';
import { ScatterPanel } from './scatterPanel.tsx';
import { useChangeRuns, useRunsSettings } from './runsSettings.ts';
import { useOverlaySelection } from './useOverlaySelection.ts';

interface OverlayProps {
  readonly a: RunSummary;
  readonly b: RunSummary;
}

export function Overlay({ a, b }: OverlayProps): ReactElement {
  const first = useRun(a.id);
  const second = useRun(b.id);
  const one = useMemo(() => headRun(a.id, first?.table ?? null), [a.id, first?.table]);
  const two = useMemo(() => headRun(b.id, second?.table ?? null), [b.id, second?.table]);
  const error = first?.error ?? second?.error ?? null;
  if (error !== null) return <ErrorState error={error} />;
  if (one !== null && two !== null) return <Overlaid one={one} two={two} version={versionOf(first, second)} />;
  if (first?.status === 'loading' || second?.status === 'loading') return <Loading what="Reading the rows of both" />;
  const without = one === null ? a : b;
  return (
    <Empty title="Nothing to lay over each other">
      {`“${without.title}” has no numbers of single heads or KV groups${without.rows === 0 ? ' yet' : ''}. Compare tells what differs between the two.`}
    </Empty>
  );
}

function versionOf(first: RunView | null, second: RunView | null): string {
  return `${first?.version ?? 0} ${second?.version ?? 0}`;
}

interface OverlaidProps {
  readonly one: HeadRun;
  readonly two: HeadRun;
  /** Changes as numbers come. */
  readonly version: string;
}

function Overlaid({ one, two, version }: OverlaidProps): ReactElement {
  const part = useRunsSettings((settings) => settings.part);
  const otherPart = useRunsSettings((settings) => settings.otherPart);
  const change = useChangeRuns();
  const selection = useOverlaySelection(one, two);
  const a = measureOf(one, part, null);
  const b = measureOf(two, otherPart, a);
  if (a === null || b === null || !sameHeads(one.shape, two.shape)) return <OtherHeads one={one} two={two} />;
  const pair = { shape: one.shape, a, b, version, selection };
  return (
    <div className="runs-overlay">
      <div className="runs-measures">
        <MeasurePicker name="A, this run" list={one.measures} chosen={a} onChange={(id) => change({ part: id })} />
        <MeasurePicker
          name="B, the other"
          list={two.measures}
          chosen={b}
          onChange={(id) => change({ otherPart: id })}
        />
        {one.fingerprint !== two.fingerprint && (
          <span className="state-partial">two models: heads of the same name need not do the same</span>
        )}
      </div>
      <ScatterPanel {...pair} />
      <DifferencePanel {...pair} />
    </div>
  );
}

function OtherHeads({ one, two }: Pick<OverlaidProps, 'one' | 'two'>): ReactElement {
  const words = ({ shape: { layers, heads } }: HeadRun) => `${layers} layers of ${heads} heads`;
  return (
    <Empty title="Other heads">
      {`One run is of ${words(one)}, the other of ${words(two)}: no head of one is a head of the other.`}
    </Empty>
  );
}

interface MeasurePickerProps {
  readonly name: string;
  readonly list: readonly HeadMeasure[];
  readonly chosen: HeadMeasure;
  readonly onChange: (part: string) => void;
}

function MeasurePicker({ name, list, chosen, onChange }: MeasurePickerProps): ReactElement {
  const options = list.map((measure) => ({ value: partOf(measure), title: measure.title }));
  return (
    <span className="runs-measure">
      <span className="runs-quiet">{name}</span>
      <Select label={`Measure of ${name}`} value={partOf(chosen)} options={options} onChange={onChange} />
      <span className="runs-quiet">{`${chosen.dataset}, n = ${chosen.n}`}</span>
    </span>
  );
}
