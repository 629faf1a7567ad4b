/** The metric after as many random units, beside that of the painted ones. */
import type { ReactElement } from 'react';
import { useRef, useState } from 'react';
import { measures } from '../../../engine/terms/measures.ts';
import { Distribution } from '../../marks/distribution.tsx';
import { FitBox } from '../../marks/fitBox.tsx';
import { decimalsFor, formatFixed } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import type { EffectView } from './effectView.ts';
import { randomWords } from './effectView.ts';
import { kindWords } from './effectWords.ts';
import type { EffectRequest } from './liveEffect.ts';
import { countWords, nameWords } from './painted.ts';
import { RandomTable } from './randomTable.tsx';
import { sentence } from './sentence.ts';

interface RandomSetsProps {
  readonly view: EffectView;
  readonly of: EffectRequest;
}

export function RandomSets({ view, of }: RandomSetsProps): ReactElement | null {
  const [isTable, setIsTable] = useState(false);
  const { metric, random } = view;
  if (metric === null || of.randomSets === 0) return null;
  const what = countWords(of.set);
  const { title } = measures[metric.metricId];
  return (
    <Section
      title={sentence(`${title} after ablating ${what}`)}
      aside={
        <Button look="plain" className="ablate-toggle" aria-pressed={isTable} onClick={() => setIsTable(!isTable)}>
          Table
        </Button>
      }
    >
      {isTable ? (
        <RandomTable sets={random} title={title} />
      ) : (
        <Swarm metric={metric} random={random} kind={kindWords(of)} words={wordsOf(view, of)} />
      )}
    </Section>
  );
}

function wordsOf(view: EffectView, { set, randomSets }: EffectRequest): string {
  const { before, after } = view.metric ?? { before: { mean: 0 }, after: { mean: 0 } };
  const decimals = decimalsFor(Math.max(Math.abs(before.mean), Math.abs(after.mean)));
  return randomWords(view, countWords(set), randomSets, (value) => formatFixed(value, decimals));
}

interface SwarmProps {
  readonly metric: NonNullable<EffectView['metric']>;
  readonly random: EffectView['random'];
  readonly kind: string;
  readonly words: string;
}

function Swarm({ metric, random, kind, words }: SwarmProps): ReactElement {
  const { title, unit } = measures[metric.metricId];
  const line = useRef<HTMLParagraphElement>(null);
  const decimals = decimalsFor(metric.before.mean);
  const point = (index: number | null) => {
    const set = index === null ? undefined : random[index];
    if (line.current === null) return;
    line.current.textContent =
      set === undefined ? words : `${nameWords(set.set, 5)}: ${formatFixed(set.after, decimals)}`;
  };
  return (
    <>
      <div className="ablate-random">
        <FitBox>
          {(size) => (
            <Distribution
              {...size}
              values={random.map(({ after }) => after)}
              lines={[
                { name: 'set', value: metric.after.mean, tone: 'accent' },
                { name: 'clean', value: metric.before.mean, tone: 'ink' },
              ]}
              title={`${unit}, ${kind}`}
              onHover={point}
              label={`${title} after ablating the set, clean, and after ${random.length} random sets. ${words}`}
            />
          )}
        </FitBox>
      </div>
      {/* A line of its own for each text: what was written on it while pointing goes with it. */}
      <p key={words} ref={line} className="ablate-note">
        {words}
      </p>
    </>
  );
}
