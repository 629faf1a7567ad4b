/** One feature: where it is active, what it writes, why it is active on the prompt, what changes without it. */
import type { ReactElement } from 'react';
import { useCall } from '../../api/queries.ts';
import { useIsResident, useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import type { FeatureCard } from '../../../engine/results/dictionaryFeatures.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { NumberInput } from '../../parts/input.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { CollectButton } from './collectButton.tsx';
import type { DictionariesModel } from './dictionariesModel.ts';
import { everyFeature, useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import { featureOrder } from './featureOrder.ts';
import { FeatureChange } from './featureChange.tsx';
import { FeatureContexts } from './featureContexts.tsx';
import { FeatureFacts } from './featureFacts.tsx';
import { FeaturePrompt } from './featurePrompt.tsx';
import { LabelField } from './labelField.tsx';
import { Scrolled } from './scrolled.tsx';
import { useFeatureTable } from './useFeatureTable.ts';
import { isOfModel, useChosenDictionary } from './useShelf.ts';

/** Tokens up and down, similar features. */
const TOP = 10;

export function FeatureFace({ model }: { readonly model: DictionariesModel }): ReactElement {
  const card = useChosenDictionary(model);
  const feature = useWorkspace((state) => state.feature);
  const isResident = useIsResident();
  if (card === null) return <NoDictionary />;
  if (!isOfModel(card, model)) {
    return (
      <Empty title="This dictionary is of another model">
        {`${card.name} reads ${card.model?.name ?? 'a model that it does not name'}. Open that model, or choose another dictionary above.`}
      </Empty>
    );
  }
  if (!isResident) return <Loading what="The model has to be in memory first" />;
  if (feature === null) return <Densest {...{ model, card }} />;
  return <Shown {...{ model, card }} feature={Math.min(feature, card.features - 1)} />;
}

/** Where none is chosen, the one that is active most often. */
function Densest({ model, card }: Pick<FeatureProps, 'model' | 'card'>): ReactElement {
  const { table, error } = useFeatureTable(card, model);
  if (error !== null) return <ErrorState error={error} />;
  if (table === null) return <Loading what="Reading the features" />;
  const [first = 0] = featureOrder(table, everyFeature, { column: 'density', direction: 'descending' });
  return <Shown {...{ model, card }} feature={first} />;
}

export function NoDictionary(): ReactElement {
  const change = useChangeDictionaries();
  return (
    <Empty
      title="There is no dictionary yet"
      action={<Button onClick={() => change({ face: 'train' })}>Train one</Button>}
    >
      Its features stand here, one at a time.
    </Empty>
  );
}

export interface FeatureProps {
  readonly model: DictionariesModel;
  readonly card: DictionaryCard;
  readonly feature: number;
}

const parts = [
  { value: 'contexts', title: 'Contexts' },
  { value: 'prompt', title: 'Why on this prompt' },
  { value: 'change', title: 'Change it' },
] as const;

function Shown(props: FeatureProps): ReactElement {
  const { model, card, feature } = props;
  const { part, other } = useDictionariesSettings((settings) => settings);
  const change = useChangeDictionaries();
  const beside = other === null || other === card.path ? {} : { beside: other };
  const request = { ...model.choice, dictionary: card.path, feature, top: TOP, ...beside };
  const { data, error, refetch, isPlaceholderData } = useCall('feature', request);
  const found = data === undefined || isPlaceholderData ? null : data;
  return (
    <div className="dict-feature">
      <div className="dict-top">
        <Stepper {...{ card, feature }} />
        <span className="dict-label-field">
          <LabelField
            key={`${card.path} ${feature}`}
            dictionary={card.path}
            feature={feature}
            label={found?.label ?? ''}
          />
        </span>
        <Segments label="Part" value={part} options={parts} onChange={(next) => change({ part: next })} />
      </div>
      {error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <div className="dict-feature-body">
          <Scrolled className="dict-feature-main" label="The feature">
            {part === 'contexts' && <Contexts {...props} found={found} />}
            {part === 'prompt' && <FeaturePrompt {...props} />}
            {part === 'change' && <FeatureChange {...props} />}
          </Scrolled>
          <Scrolled className="dict-feature-side" label="Numbers of the feature">
            {found === null ? <Loading what="Reading the feature" /> : <FeatureFacts {...props} found={found} />}
          </Scrolled>
        </div>
      )}
    </div>
  );
}

function Contexts({ model, card, found }: FeatureProps & { readonly found: FeatureCard | null }): ReactElement {
  if (found === null) return <Loading what="Reading its contexts" />;
  if (!card.collected) {
    return (
      <Empty title="No contexts are collected" action={<CollectButton {...{ model, card }} />}>
        Text is read once, and of every feature its strongest contexts and some by quantile are kept beside the
        dictionary.
      </Empty>
    );
  }
  return <FeatureContexts found={found} />;
}

function Stepper({ card, feature }: Pick<FeatureProps, 'card' | 'feature'>): ReactElement {
  const { workspace } = useWorkbench();
  const go = (next: number) =>
    workspace.set({ dictionary: card.path, feature: Math.min(card.features - 1, Math.max(0, next)) });
  return (
    <span className="retrieval-step">
      <IconButton icon="left" label="Feature before" disabled={feature === 0} onClick={() => go(feature - 1)} />
      <NumberInput aria-label="Feature" whole value={feature} min={0} max={card.features - 1} onChange={go} />
      <IconButton
        icon="right"
        label="Next feature"
        disabled={feature === card.features - 1}
        onClick={() => go(feature + 1)}
      />
      <span className="sweeps-quiet">{`of ${card.features}`}</span>
    </span>
  );
}
