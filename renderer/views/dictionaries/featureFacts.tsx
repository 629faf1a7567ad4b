/** What a feature is in numbers: how often and how much it is active, what it writes, through which heads, what is like it. */
import type { ReactElement } from 'react';
import type { FeatureCard } from '../../../engine/results/dictionaryFeatures.ts';
import { ColumnBars } from '../../marks/columnBars.tsx';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatFixed, formatNumber } from '../../marks/format.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { Section } from '../../parts/section.tsx';
import { Select } from '../../parts/select.tsx';
import { dictionaryOptions } from './dictionaryPicker.tsx';
import { useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import type { FeatureProps } from './featureFace.tsx';
import { HeadBars } from './headBars.tsx';
import { featureName } from './promptCodes.ts';
import { useOpenFeature } from './useOpenFeature.ts';
import { useShelf } from './useShelf.ts';

type FactsProps = FeatureProps & { readonly found: FeatureCard };

export function FeatureFacts(props: FactsProps): ReactElement {
  const { found, card } = props;
  const { activity, logits, heads } = found;
  return (
    <>
      {activity !== null && <Activity activity={activity} />}
      {logits !== null && <Logits logits={logits} />}
      {heads !== null && (
        <Section
          title="Which heads write it"
          aside={
            <span title="Length of the part of the decoder row that is each head’s, over the sum of those lengths: lengths, not squared lengths.">
              share of lengths
            </span>
          }
        >
          <HeadBars
            label="Which heads write it"
            layer={card.place.layer}
            rows={heads.map(({ head, share }) => ({ head, value: share }))}
            digits={3}
          />
        </Section>
      )}
      <Section title="Similar features here" aside="cosine of decoder rows">
        <Similar rows={found.similar} dictionary={card.path} />
      </Section>
      <Beside {...props} />
    </>
  );
}

type Activity = NonNullable<FeatureCard['activity']>;

function Activity({ activity }: { readonly activity: Activity }): ReactElement {
  const { rows, active, mean, largest, histogram } = activity;
  const bars = histogram.counts.map((count, i) => ({
    ...{ name: formatNumber(histogram.edges[i] ?? NaN), value: count, low: null, high: null },
  }));
  return (
    <Section title="Activation" aside={`${formatNumber(active)} of ${formatNumber(rows)} rows`}>
      <p className="sweeps-quiet">{`mean where active ${formatNumber(mean)}, largest ${formatNumber(largest)}`}</p>
      {active > 0 && (
        <div className="dict-activation">
          <FitBox>
            {(size) => (
              <ColumnBars
                {...size}
                bars={bars}
                title="rows, by activation"
                label={`How many rows have which activation, from 0 to ${formatNumber(largest)}`}
              />
            )}
          </FitBox>
        </div>
      )}
    </Section>
  );
}

type Logits = NonNullable<FeatureCard['logits']>;

function Logits({ logits: { up, down, note } }: { readonly logits: Logits }): ReactElement {
  return (
    <Section title="Writes to logits" aside={<span title={note}>per unit, direct</span>}>
      <div className="dict-logits">
        <TokenList title="up" rows={up} />
        <TokenList title="down" rows={down} />
      </div>
    </Section>
  );
}

function TokenList({ title, rows }: { readonly title: string; readonly rows: Logits['up'] }): ReactElement {
  return (
    <table>
      <caption>{title}</caption>
      <tbody>
        {rows.map(({ id, text, value }) => (
          <tr key={id}>
            <th scope="row">
              <code>{tokenLabel({ text })}</code>
            </th>
            <td data-sign={Math.sign(value)}>{formatFixed(value, 3)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface SimilarProps {
  readonly rows: FeatureCard['similar'];
  readonly dictionary: string;
}

function Similar({ rows, dictionary }: SimilarProps): ReactElement {
  const open = useOpenFeature();
  if (rows.length === 0) return <p className="sweeps-quiet">None: it is the only feature.</p>;
  return (
    <ul className="dict-similar">
      {rows.map(({ feature, cosine, label }) => (
        <li key={feature}>
          <button type="button" onClick={() => open(dictionary, feature)}>
            <span>{featureName(feature, label)}</span>
            <span className="dict-number">{formatFixed(cosine, 3)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The nearest features of another dictionary that reads rows as wide. */
function Beside({ card, model, found }: FactsProps): ReactElement | null {
  const { data } = useShelf();
  const other = useDictionariesSettings((settings) => settings.other);
  const change = useChangeDictionaries();
  const rivals = (data?.dictionaries ?? []).filter(({ path, width }) => path !== card.path && width === card.width);
  if (rivals.length === 0) return null;
  return (
    <Section
      title="Elsewhere"
      aside={
        <Select
          label="Another dictionary"
          value={other}
          placeholder="Another dictionary"
          options={dictionaryOptions(rivals, model)}
          onChange={(next) => change({ other: next, otherFeature: null })}
        />
      }
    >
      {found.beside !== null && other !== null && <Similar rows={found.beside} dictionary={other} />}
    </Section>
  );
}
