/** The metric after as many random units, beside that of the painted ones. */
import type { ReactElement } from 'react';
import { measures } from '../../../engine/terms/measures.ts';
import { useWorkspace } from '../../api/hooks.ts';
import { Distribution } from '../../marks/distribution.tsx';
import { FitBox } from '../../marks/fitBox.tsx';
import { decimalsFor, formatFixed } from '../../marks/format.ts';
import { Section } from '../../parts/section.tsx';
import { sentence } from './sentence.ts';
import type { EffectView } from './effectView.ts';
import { randomWords } from './effectView.ts';

interface RandomSetsProps {
  readonly view: EffectView;
  readonly of: string;
  readonly isDone: boolean;
}

export function RandomSets({ view, of, isDone }: RandomSetsProps): ReactElement | null {
  const asked = useWorkspace((state) => state.randomSets);
  const { metric, random } = view;
  if (metric === null || asked === 0) return null;
  const decimals = decimalsFor(Math.max(Math.abs(metric.before.mean), Math.abs(metric.after.mean)));
  const format = (value: number) => formatFixed(value, decimals);
  const { title, unit } = measures[metric.metricId];
  const words = randomWords(view, of, asked, format);
  return (
    <Section title={sentence(`${title} after ablating ${of}`)} aside={isDone ? '' : `${random.length} of ${asked}`}>
      <div className="ablate-random">
        <FitBox>
          {({ width, height }) => (
            <Distribution
              {...{ width, height }}
              values={random}
              lines={[
                { name: 'set', value: metric.after.mean, tone: 'accent' },
                { name: 'clean', value: metric.before.mean, tone: 'ink' },
              ]}
              title={unit}
              label={`${title} after ablating the set, clean, and after ${random.length} random sets. ${words}`}
            />
          )}
        </FitBox>
      </div>
      <p className="ablate-note">{words}</p>
    </Section>
  );
}
