/** By which rankings KV heads stream, how many, and on which texts that is measured. */
import type { ReactElement } from 'react';
import { Field } from '../../parts/field.tsx';
import { TextInput } from '../../parts/input.tsx';
import { Section } from '../../parts/section.tsx';
import { formatNumber } from '../../marks/format.ts';
import type { GateChoice } from '../../../engine/results/duoSchedules.ts';
import { LabelledNumber } from './labelledNumber.tsx';
import type { QualityRanking, RankingSources } from './qualityRankings.ts';
import { rankingScores, rankingTitles } from './qualityRankings.ts';
import { useStreaming } from './streamingSettings.ts';

interface QualityFieldsProps {
  readonly sources: RankingSources;
  readonly choice: GateChoice;
}

export function QualityFields({ sources, choice }: QualityFieldsProps): ReactElement {
  const [{ sparsities, draws, texts, seed }, change] = useStreaming('quality');
  const { sink, recent, lengths } = choice;
  return (
    <>
      <Section title="KV heads that stream">
        <div className="form">
          <Rankings sources={sources} />
          <Field label="Shares of all KV heads, percent">
            {(ids) => <TextInput {...ids} value={sparsities} onChange={(typed) => change({ sparsities: typed })} />}
          </Field>
          <LabelledNumber label="Random choices" value={draws} max={100} onChange={(next) => change({ draws: next })} />
        </div>
      </Section>
      <Section title="Texts">
        <div className="form">
          <LabelledNumber
            label="Passkey texts, and plain ones"
            value={texts}
            min={1}
            max={1000}
            onChange={(next) => change({ texts: next })}
          />
          <LabelledNumber label="Seed" value={seed} max={1_000_000} onChange={(next) => change({ seed: next })} />
          <p className="retrieval-quiet">
            {`Sink ${sink}, recent ${recent}, texts of ${formatNumber(lengths.from)} to ${formatNumber(lengths.to)} tokens that no training sees: as the gates ${sources.gates === null ? 'would be' : 'were'} trained.`}
          </p>
        </div>
      </Section>
    </>
  );
}

const about: Readonly<Record<QualityRanking, readonly [title: string, without: string]>> = {
  gates: ['Trained gates', 'no gates are trained'],
  razor: ['RazorAttention: what it keeps, then by induction', 'no probe is done'],
  prior: ['Prior of positions', 'no probe with the prior is done'],
};

function Rankings({ sources }: { readonly sources: RankingSources }): ReactElement {
  const [{ rankings }, change] = useStreaming('quality');
  const all = Object.keys(rankingTitles) as readonly QualityRanking[];
  const toggle = (ranking: QualityRanking) => {
    const next = rankings.includes(ranking) ? rankings.filter((one) => one !== ranking) : [...rankings, ranking];
    change({ rankings: all.filter((one) => next.includes(one)) });
  };
  return (
    <fieldset className="retrieval-scores">
      <legend>Ranked by, the lowest first</legend>
      {all.map((ranking) => {
        const isThere = rankingScores(ranking, sources) !== null;
        const [title, without] = about[ranking];
        return (
          <label key={ranking}>
            <input
              type="checkbox"
              disabled={!isThere}
              checked={isThere && rankings.includes(ranking)}
              onChange={() => toggle(ranking)}
            />
            {isThere ? title : `${title} (${without})`}
          </label>
        );
      })}
    </fieldset>
  );
}
