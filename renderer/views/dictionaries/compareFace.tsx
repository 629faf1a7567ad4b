/** Two dictionaries of rows as wide: which features are in both, and which in one only. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { useWorkspace } from '../../api/hooks.ts';
import { useStream } from '../../api/useStream.ts';
import { Select } from '../../parts/select.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { ComparePair } from './comparePair.tsx';
import type { DictionariesModel } from './dictionariesModel.ts';
import { useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import { dictionaryOptions } from './dictionaryPicker.tsx';
import { NoDictionary } from './featureFace.tsx';
import type { FeatureTable } from './featureOrder.ts';
import { columnValues } from './featureOrder.ts';
import { MatchPanels } from './matchPanels.tsx';
import type { Density } from './matchRows.ts';
import { useFeatureTable } from './useFeatureTable.ts';
import { useChosenDictionary, useShelf } from './useShelf.ts';

export function CompareFace({ model }: { readonly model: DictionariesModel }): ReactElement {
  const card = useChosenDictionary(model);
  const { data } = useShelf();
  const other = useDictionariesSettings((settings) => settings.other);
  const change = useChangeDictionaries();
  if (card === null) return <NoDictionary />;
  const rivals = (data?.dictionaries ?? []).filter(({ path, width }) => path !== card.path && width === card.width);
  if (rivals.length === 0) {
    return (
      <Empty title="There is nothing to hold it against">
        {`No other dictionary reads rows of ${card.width} numbers, as ${card.name} does. Train one with another seed, kind or setting.`}
      </Empty>
    );
  }
  const chosen = rivals.find(({ path }) => path === other) ?? null;
  return (
    <div className="dict-list-face">
      <div className="dict-import">
        <code className="dict-name">{card.name}</code>
        <span className="sweeps-quiet">against</span>
        <Select
          label="Another dictionary"
          value={chosen?.path ?? null}
          placeholder="Choose another"
          options={dictionaryOptions(rivals, model)}
          onChange={(next) => change({ other: next, otherFeature: null })}
        />
      </div>
      <div className="dict-fill">
        {chosen === null ? (
          <Empty title="Choose the other dictionary">
            Features are matched one to one, so that the cosines of their decoder rows add up to the most.
          </Empty>
        ) : (
          <Compared key={`${card.path} ${chosen.path}`} {...{ model, a: card, b: chosen }} />
        )}
      </div>
    </div>
  );
}

interface ComparedProps {
  readonly model: DictionariesModel;
  readonly a: DictionaryCard;
  readonly b: DictionaryCard;
}

function Compared({ model, a, b }: ComparedProps): ReactElement {
  const asked = useStream('matchDictionaries', { a: a.path, b: b.path }, keep, null);
  const feature = useWorkspace((state) => state.feature);
  const otherFeature = useDictionariesSettings((settings) => settings.otherFeature);
  const tableA = useFeatureTable(a, model).table;
  const tableB = useFeatureTable(b, model).table;
  const densities = useMemo(() => ({ a: densityOf(tableA), b: densityOf(tableB) }), [tableA, tableB]);
  if (asked.error !== null) return <ErrorState error={asked.error} onRetry={asked.again} />;
  if (asked.result === null) return <Loading what="Matching features" />;
  return (
    <div className="dict-compared">
      <MatchPanels {...{ a, b, densities }} matching={asked.result} />
      <ComparePair {...{ model, a, b, feature, otherFeature }} />
    </div>
  );
}

/** Null too where the file does not tell it. */
function densityOf(table: FeatureTable | null): Density {
  const density = table === null ? null : columnValues(table, 'density');
  return density === null || density.every(Number.isNaN) ? null : density;
}

/** Only its result counts. */
function keep(value: null): null {
  return value;
}
