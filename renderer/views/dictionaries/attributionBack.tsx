/** Which features of earlier layers give a feature its value, which give those theirs, and so on back. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { useCall } from '../../api/queries.ts';
import { useStable } from '../../api/useStable.ts';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Loading } from '../../parts/states.tsx';
import { Switch } from '../../parts/switch.tsx';
import { AttributionTree } from './attributionTree.tsx';
import { BackFields } from './backFields.tsx';
import type { BackSettings } from './dictionariesSettings.ts';
import { useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import { earlierDictionaries, earlierNames, noneEarlier, pickedDictionaries } from './earlierDictionaries.ts';
import type { FeatureProps } from './featureFace.tsx';
import { stepTree } from './stepTree.ts';
import { useLabels } from './useLabels.ts';
import { useOpenFeature } from './useOpenFeature.ts';
import { useShelf } from './useShelf.ts';

export type AttributionBackProps = FeatureProps & {
  readonly position: number;
  readonly prompt: RequestOf<'attributeFeature'>['prompt'];
  /** Notes that are told elsewhere. */
  readonly told: readonly string[];
};

export function AttributionBack(props: AttributionBackProps): ReactElement | null {
  const { model, card } = props;
  const { data } = useShelf();
  const back = useDictionariesSettings((settings) => settings.back);
  const change = useChangeDictionaries();
  if (data === undefined) return null;
  const earlier = card.place.site === 'mlpOut' ? [] : earlierDictionaries(data.dictionaries, card, model);
  const hasAny = earlier.length > 0;
  const onOff = <Switch label="split it" isOn={back.isOn} onChange={(isOn) => change({ back: { ...back, isOn } })} />;
  return (
    <Section title="Back through earlier dictionaries" {...(hasAny ? { aside: onOff } : {})}>
      {!hasAny && <p className="sweeps-quiet">{noneEarlier(card)}</p>}
      {hasAny && back.isOn && <Back {...props} {...{ earlier, back }} />}
      {hasAny && !back.isOn && (
        <p className="sweeps-quiet">
          Features of earlier layers that give this one its value, those that give them theirs, and so on. Each step
          runs the model.
        </p>
      )}
    </Section>
  );
}

type BackProps = AttributionBackProps & {
  readonly earlier: readonly DictionaryCard[];
  readonly back: BackSettings;
};

function Back(props: BackProps): ReactElement {
  const { earlier, back } = props;
  const through = pickedDictionaries(earlier, back.picked);
  const names = useMemo(() => earlierNames(earlier), [earlier]);
  return (
    <div className="dict-back">
      <BackFields {...{ earlier, names, through }} />
      {through.length === 0 ? (
        <p className="sweeps-quiet">Choose at least one dictionary to go through.</p>
      ) : (
        <Steps {...props} {...{ through, names }} />
      )}
    </div>
  );
}

type StepsProps = BackProps & {
  readonly through: readonly DictionaryCard[];
  readonly names: ReadonlyMap<string, string>;
};

function Steps(props: StepsProps): ReactElement {
  const { model, card, feature, position, prompt, through, back } = props;
  const { depth, least } = back;
  const asked = { ...model.choice, dictionary: card.path, feature, prompt, position };
  const request = { ...asked, through: through.map(({ path }) => path), back: { depth, least } };
  const { data, error, refetch, isPlaceholderData } = useCall('attributeFeature', useStable(request));
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Splitting the features before it" />;
  return (
    <div className="dict-attribution" data-stale={isPlaceholderData} aria-busy={isPlaceholderData}>
      <Found {...props} found={data} />
    </div>
  );
}

function Found({
  found,
  through,
  names,
  model,
  told,
  back: { least },
}: StepsProps & { readonly found: ResultOf<'attributeFeature'> }): ReactElement {
  const open = useOpenFeature();
  const labels = useLabels(through, model);
  const tree = useMemo(() => stepTree(found.steps ?? []), [found]);
  if (tree === null) return <p className="sweeps-quiet">No steps were taken.</p>;
  return (
    <>
      <AttributionTree
        {...{ tree, least, tokens: found.tokens, onOpen: open }}
        nameOf={(dictionary) => names.get(dictionary) ?? dictionary}
        labelOf={(dictionary, feature) => labels.get(dictionary)?.get(feature) ?? null}
      />
      {through.length > 1 && (
        <p className="sweeps-quiet">
          Where several dictionaries explain the same part of the stream, each is counted, and “no feature” is less by
          that.
        </p>
      )}
      {found.notes
        .filter((note) => !told.includes(note))
        .map((note) => (
          <p key={note} className="sweeps-quiet">
            {note}
          </p>
        ))}
    </>
  );
}
