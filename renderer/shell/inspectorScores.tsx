/** What every measure says of one head: each group on its scale, with 95 % intervals. */
import type { ReactElement } from 'react';
import { useSyncExternalStore } from 'react';
import type { HeadRef } from '../../engine/results/units.ts';
import { useHeadMeasures } from '../api/hooks.ts';
import type { HeadMeasure } from '../api/measuresOfRun.ts';
import { rankHeads } from '../api/rankHeads.ts';
import { useWorkbench } from '../api/workbench.ts';
import { FitBox } from '../marks/fitBox.tsx';
import { decimalsFor, formatFixed, formatHalfWidth } from '../marks/format.ts';
import type { IntervalBar } from '../marks/intervalBars.tsx';
import { IntervalBars } from '../marks/intervalBars.tsx';
import { Section } from '../parts/section.tsx';
import { headName } from '../state/headNames.ts';

/** Bars of a section, at most: the newest. */
const MOST = 8;
const ROW = 21;

export function InspectorScores({ head }: { readonly head: HeadRef }): ReactElement {
  const list = useHeadMeasures();
  useNumbers(list);
  const shown = list.filter((measure) => !Number.isNaN(valueAt(measure, head).value));
  const effects = shown.filter(({ call, signed }) => (call === 'ablate' || call === 'attribute') && signed);
  const units = [...new Set(effects.map(({ unit }) => unit))];
  const shares = shown.filter(({ call, unit }) => call === 'scores' && unit === '');
  const others = newestOfEach(shown.filter((measure) => !effects.includes(measure) && !shares.includes(measure)));
  return (
    <>
      {units.map((unit) => (
        <Bars
          key={unit}
          title={`Effect of replacing ${headName(head)}, ${unit}`}
          measures={effects.filter((measure) => measure.unit === unit)}
          head={head}
          signed
        />
      ))}
      {shares.length > 0 && <Bars title={`Scores of ${headName(head)}`} measures={shares} head={head} />}
      {others.length > 0 && <Ranks measures={others} head={head} />}
    </>
  );
}

interface RanksProps {
  readonly measures: readonly HeadMeasure[];
  readonly head: HeadRef;
}

/** Measures without ends, each with a unit of its own: what a number means is where it stands among all heads. */
function Ranks({ measures, head }: RanksProps): ReactElement {
  return (
    <Section title={`Other measures of ${headName(head)}`} aside="rank among heads">
      <dl className="inspector-ranks">
        {measures.map((measure) => (
          <div key={measure.id}>
            <dt>{measure.short}</dt>
            <dd>{written(measure, head)}</dd>
            <dd>{rankHeads(measure).indexOf(head.layer * measure.heads + head.head) + 1}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

/** `2.31 ±0.12 nats`; lengths and ratios go without a unit. */
function written(measure: HeadMeasure, head: HeadRef): string {
  const { value, low, high } = valueAt(measure, head);
  const decimals = decimalsFor(value);
  const spread = low === null || high === null ? '' : ` ${formatHalfWidth((high - low) / 2, decimals)}`;
  const unit = ['norm', 'ratio', ''].includes(measure.unit) ? '' : ` ${measure.unit}`;
  return `${formatFixed(value, decimals)}${spread}${unit}`;
}

/** Renders again when numbers come. */
function useNumbers(list: readonly HeadMeasure[]): void {
  const { measures } = useWorkbench();
  const ids = [...new Map(list.map(({ run, id }) => [run, id])).values()];
  const key = ids.join(' ');
  useSyncExternalStore(
    (listener) => {
      const stops = key.split(' ').map((id) => measures.subscribe(listener, id));
      return () => stops.forEach((stop) => stop());
    },
    () => ids.reduce((sum, id) => sum + measures.version(id), 0),
  );
}

interface BarsProps {
  readonly title: string;
  readonly measures: readonly HeadMeasure[];
  readonly head: HeadRef;
  readonly signed?: boolean;
}

function Bars({ title, measures, head, signed = false }: BarsProps): ReactElement {
  const shown = newestOfEach(measures).slice(0, MOST);
  const bars = shown.map((measure) => ({ name: measure.short, ...valueAt(measure, head) }));
  return (
    <Section title={title} aside="95 % interval">
      <div style={{ height: bars.length * ROW }}>
        <FitBox>
          {({ width }) => (
            <IntervalBars
              width={width}
              bars={bars}
              signed={signed}
              label={title}
              {...(signed ? {} : { domain: [0, 1] as const })}
            />
          )}
        </FitBox>
      </div>
    </Section>
  );
}

/** Of measures that are called the same, the newest: the list is newest first. */
function newestOfEach(measures: readonly HeadMeasure[]): readonly HeadMeasure[] {
  return measures.filter(({ short }, at) => measures.findIndex((other) => other.short === short) === at);
}

function valueAt(measure: HeadMeasure, { layer, head }: HeadRef): Omit<IntervalBar, 'name'> {
  const at = layer * measure.heads + head;
  const [value, low, high] = [measure.values, measure.low, measure.high].map((numbers) => numbers[at] ?? NaN);
  return { value: value ?? NaN, low: known(low), high: known(high) };
}

/** A single needle or prompt has no interval. */
function known(end: number | undefined): number | null {
  return end === undefined || Number.isNaN(end) ? null : end;
}
