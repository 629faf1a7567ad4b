/** The features of a dictionary: filtered, sorted, labelled, and what can be done with the whole. */
import type { ReactElement } from 'react';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatNumber } from '../../marks/format.ts';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { CollectButton } from './collectButton.tsx';
import { DensityFigure } from './densityFigure.tsx';
import type { DictionariesModel } from './dictionariesModel.ts';
import { useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import { ExportMenu } from './exportMenu.tsx';
import { FeatureFilters } from './featureFilters.tsx';
import type { FeatureTable } from './featureOrder.ts';
import { labelsOf } from './featureOrder.ts';
import { FeatureRows } from './featureRows.tsx';
import { MeasureButton } from './measureButton.tsx';
import { useFeatureOrder } from './useFeatureOrder.ts';
import { useFeatureTable } from './useFeatureTable.ts';

interface FeaturePanelProps {
  readonly model: DictionariesModel;
  readonly card: DictionaryCard;
}

export function FeaturePanel({ model, card }: FeaturePanelProps): ReactElement {
  const { table, error, refetch } = useFeatureTable(card, model);
  const { filter, sort } = useDictionariesSettings((settings) => settings);
  const order = useFeatureOrder(table, filter, sort);
  return (
    <Panel
      title="Features"
      controls={<code className="dict-name">{card.name}</code>}
      caption={captionOf(card)}
      aside={
        <>
          <MeasureButton {...{ model, card }} />
          <CollectButton {...{ model, card }} />
          <ExportMenu card={card} />
        </>
      }
      exports={{ name: `features of ${card.name}`, csv: () => (table === null ? '' : tableCsv(table, order ?? [])) }}
    >
      {error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : table === null || order === null ? (
        <Loading what="Reading the features" />
      ) : (
        <Features {...{ table, order }} />
      )}
    </Panel>
  );
}

function captionOf({ reads, by, features, text, samples, measures }: DictionaryCard): string {
  const trained =
    samples === null ? '' : `, trained on ${formatNumber(samples)} rows${text === null ? '' : ` of ${text}`}`;
  const rows = measures === null ? '' : `; measured on ${formatNumber(measures.rows)} rows`;
  return `${formatNumber(features)} features of ${reads}, ${by}${trained}${rows}`;
}

interface FeaturesProps {
  readonly table: FeatureTable;
  readonly order: readonly number[];
}

function Features({ table, order }: FeaturesProps): ReactElement {
  const { workspace } = useWorkbench();
  const change = useChangeDictionaries();
  const feature = useWorkspace((state) => state.feature);
  const open = (next: number) => {
    workspace.set({ dictionary: table.card.path, feature: next });
    change({ face: 'feature' });
  };
  return (
    <div className="dict-features">
      <FeatureFilters table={table} shown={order.length} />
      <div className="dict-feature-halves">
        <div className="dict-table">
          {order.length === 0 ? (
            <Empty title="No feature passes the filters">Widen them above.</Empty>
          ) : (
            <FeatureRows
              {...{ table, order, feature }}
              onSelect={(next) => workspace.set({ dictionary: table.card.path, feature: next })}
              onOpen={open}
            />
          )}
        </div>
        <DensityFigure table={table} />
      </div>
    </div>
  );
}

function tableCsv(table: FeatureTable, order: readonly number[]): string {
  const labels = labelsOf(table);
  const head = ['feature', 'label', ...(table.head === null ? [] : ['head']), ...table.columns.map(({ id }) => id)];
  const rows = order.map((feature) => [
    ...[feature, labels.get(feature) ?? ''],
    ...(table.head === null ? [] : [table.head[feature] ?? NaN]),
    ...table.columns.map(({ values }) => values[feature] ?? NaN),
  ]);
  return csvOf(head, rows);
}
