/** A feature of each of two dictionaries, side by side: what they write and where they are active. */
import type { ReactElement } from 'react';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import type { FeatureCard } from '../../../engine/results/dictionaryFeatures.ts';
import { useIsResident } from '../../api/hooks.ts';
import { useCall } from '../../api/queries.ts';
import { formatNumber } from '../../marks/format.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Loading } from '../../parts/states.tsx';
import { ContextText } from './contextText.tsx';
import type { DictionariesModel } from './dictionariesModel.ts';
import { featureName } from './promptCodes.ts';
import { useOpenFeature } from './useOpenFeature.ts';
import { isOfModel } from './useShelf.ts';

interface ComparePairProps {
  readonly model: DictionariesModel;
  readonly a: DictionaryCard;
  readonly b: DictionaryCard;
  readonly feature: number | null;
  readonly otherFeature: number | null;
}

export function ComparePair({ model, a, b, feature, otherFeature }: ComparePairProps): ReactElement {
  return (
    <div className="dict-pair">
      <OneCard {...{ model, feature }} card={a} />
      <OneCard {...{ model }} card={b} feature={otherFeature} />
    </div>
  );
}

interface OneCardProps {
  readonly model: DictionariesModel;
  readonly card: DictionaryCard;
  readonly feature: number | null;
}

/** Contexts, tokens up and down. */
const TOP = 6;

function OneCard({ model, card, feature }: OneCardProps): ReactElement {
  const isResident = useIsResident();
  const open = useOpenFeature();
  const canAsk = feature !== null && feature < card.features && isResident && isOfModel(card, model);
  const request = canAsk ? { ...model.choice, dictionary: card.path, feature, top: TOP } : null;
  const { data, error } = useCall('feature', request);
  const title = feature === null ? card.name : `${card.name} ${featureName(feature, data?.label)}`;
  return (
    <Section
      title={title}
      aside={
        feature !== null && (
          <Button look="plain" onClick={() => open(card.path, feature)}>
            Open its card
          </Button>
        )
      }
    >
      {feature === null ? (
        <p className="sweeps-quiet">Choose a feature in the list.</p>
      ) : error !== null ? (
        <ErrorState error={error} />
      ) : request === null || data === undefined ? (
        <Loading what="Reading the feature" />
      ) : (
        <Words found={data} />
      )}
    </Section>
  );
}

function Words({ found }: { readonly found: FeatureCard }): ReactElement {
  const { activity, logits, contexts } = found;
  const largest = activity?.largest ?? 0;
  const strongest = contexts.filter(({ group }) => group === 'strongest').slice(0, TOP);
  return (
    <>
      {activity !== null && (
        <p className="sweeps-quiet">{`active on ${formatNumber(activity.active)} of ${formatNumber(activity.rows)} rows, largest ${formatNumber(largest)}`}</p>
      )}
      {logits !== null && (
        <p className="dict-tokens">
          up: <code>{logits.up.map(({ text }) => tokenLabel({ text })).join(' ')}</code>
          <br />
          down: <code>{logits.down.map(({ text }) => tokenLabel({ text })).join(' ')}</code>
        </p>
      )}
      <ul className="dict-context-list">
        {strongest.map((context, i) => (
          <ContextText key={i} {...{ context, largest }} />
        ))}
      </ul>
      {strongest.length === 0 && <p className="sweeps-quiet">No contexts are collected.</p>}
    </>
  );
}
