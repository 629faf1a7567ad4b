/** In the inspector: the features that are strongest in the primary head, where a dictionary reads it. */
import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useModelInfo, useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatNumber } from '../../marks/format.ts';
import { Section } from '../../parts/section.tsx';
import './dictionaries.css';
import { columnValues, labelsOf, sortedBy } from './featureOrder.ts';
import type { FeatureTable } from './featureOrder.ts';
import { featureName } from './promptCodes.ts';
import { useOpenFeature } from './useOpenFeature.ts';
import { useFeatureTable } from './useFeatureTable.ts';
import { isOfModel, useShelf } from './useShelf.ts';

const LISTED = 6;

export function DictionariesInspector(): ReactElement | null {
  const head = useSelection((state) => state.primary);
  const info = useModelInfo();
  const { data } = useShelf();
  if (head === null || info === null) return null;
  const cards = (data?.dictionaries ?? []).filter((one) => isOfModel(one, info) && readsHead(one, head));
  // One that reads this head alone says more of it than one of the whole layer.
  const card = cards.find(({ place }) => place.head === head.head) ?? cards[0];
  return card === undefined ? null : <Strongest {...{ card, head, info }} />;
}

/** Trained or imported, on this head alone or beside the others of its layer. */
export function readsHead({ place, made }: Pick<DictionaryCard, 'place' | 'made'>, { layer, head }: HeadRef): boolean {
  const isRead = place.head === head || place.head === 'concatenated';
  return made !== 'control' && place.layer === layer && isRead;
}

interface StrongestProps {
  readonly card: DictionaryCard;
  readonly head: HeadRef;
  readonly info: ResultOf<'info'>;
}

function Strongest({ card, head, info }: StrongestProps): ReactElement | null {
  const { workspace } = useWorkbench();
  const open = useOpenFeature();
  const { table } = useFeatureTable(card, info);
  if (table === null) return null;
  const labels = labelsOf(table);
  const { features, words } = strongestFeatures(table, head.head);
  if (features.length === 0) return null;
  const show = (feature: number) => {
    open(card.path, feature);
    workspace.goTo('dictionaries');
  };
  return (
    <Section title="Features of this head" aside={card.name}>
      <ul className="dict-similar">
        {features.map(({ feature, value }) => (
          <li key={feature}>
            <button type="button" onClick={() => show(feature)}>
              <span>{featureName(feature, labels.get(feature))}</span>
              <span className="dict-number">{formatNumber(value)}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="sweeps-quiet">{words}</p>
    </Section>
  );
}

interface Strongest {
  readonly features: readonly { readonly feature: number; readonly value: number }[];
  /** What the numbers are. */
  readonly words: string;
}

/** By mean activation where that is known, else by density. */
export function strongestFeatures(table: FeatureTable, head: number): Strongest {
  const column =
    table.columns.find(({ id }) => id === 'meanActive') ?? table.columns.find(({ id }) => id === 'density');
  const values = column === undefined ? null : columnValues(table, column.id);
  if (column === undefined || values === null) return { features: [], words: '' };
  const own = Array.from(values.keys()).filter((feature) => table.head === null || table.head[feature] === head);
  const known = own.filter((feature) => (values[feature] ?? NaN) > 0);
  const order = sortedBy(known, values, 'descending').slice(0, LISTED);
  return {
    features: order.map((feature) => ({ feature, value: values[feature] ?? NaN })),
    words: `${column.title}: the largest of ${formatNumber(known.length)} that are active`,
  };
}
