/** Why a feature is active on the chosen prompt: what each source token gives it through each head, adding up exactly. */
import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import { useCall } from '../../api/queries.ts';
import { keyOf, useStable } from '../../api/useStable.ts';
import { formatNumber } from '../../marks/format.ts';
import { TokenStrip } from '../../marks/tokens/tokenStrip.tsx';
import { Section } from '../../parts/section.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import type { ShownPrompt } from '../heads/shownPrompt.ts';
import { useShownPrompt } from '../heads/shownPrompt.ts';
import type { AttributionBackProps } from './attributionBack.tsx';
import { AttributionBack } from './attributionBack.tsx';
import { AttributionParts } from './attributionParts.tsx';
import type { FeatureProps } from './featureFace.tsx';
import { strongestPosition, valuesOfFeature } from './promptCodes.ts';

export function FeaturePrompt(props: FeatureProps): ReactElement {
  const { prompt, asked } = useShownPrompt();
  if (asked.error !== null) return <ErrorState error={asked.error} />;
  if (prompt === null) {
    return asked.isFetching ? (
      <Loading what="Reading the prompt" />
    ) : (
      <Empty title="No prompts are chosen">Choose some above: the feature is looked at on the one that is shown.</Empty>
    );
  }
  return <OnPrompt {...props} prompt={prompt} />;
}

type OnPromptProps = FeatureProps & { readonly prompt: ShownPrompt };

function OnPrompt({ model, card, feature, prompt }: OnPromptProps): ReactElement {
  const request = { ...model.choice, dictionary: card.path, prompt: prompt.on.prompt };
  const { data, error, refetch } = useCall('encodePrompt', useStable(request));
  const values = useMemo(() => (data === undefined ? null : valuesOfFeature(data, feature)), [data, feature]);
  const [chosen, setChosen] = useState<{ readonly key: string; readonly at: number } | null>(null);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (values === null || values.length !== prompt.tokens.length) return <Loading what="Encoding the prompt" />;
  const key = `${card.path} ${feature} ${prompt.index}`;
  const position = chosen?.key === key ? chosen.at : strongestPosition(values);
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  return (
    <>
      <Section
        title={`On prompt ${prompt.index + 1} of ${prompt.total}`}
        aside={most > 0 ? `largest ${formatNumber(most)}; choose a token` : 'it is active nowhere here; choose a token'}
      >
        <TokenStrip
          tokens={prompt.tokens}
          values={values}
          scale={{ kind: 'sequential', low: 0, high: most || 1 }}
          measure="activation"
          primary={position}
          onSelect={(at) => setChosen({ key, at })}
          maxHeight={132}
          label={`Activation of feature ${feature} on the prompt`}
        />
      </Section>
      <Attribution {...{ model, card, feature, position }} prompt={prompt.on.prompt} />
    </>
  );
}

function Attribution(props: Omit<AttributionBackProps, 'told'>): ReactElement {
  const { model, card, feature, position, prompt } = props;
  const request = { ...model.choice, dictionary: card.path, feature, prompt, position };
  const { data, error, isPlaceholderData } = useCall('attributeFeature', useStable(request));
  if (error !== null) return <ErrorState error={error} />;
  if (data === undefined) return <Loading what="Splitting the activation" />;
  return (
    <>
      <AttributionBack key={keyOf({ dictionary: card.path, feature, position, prompt })} {...props} told={data.notes} />
      <div className="dict-attribution" data-stale={isPlaceholderData}>
        <AttributionParts attribution={data} layer={card.place.layer} position={position} />
      </div>
    </>
  );
}
