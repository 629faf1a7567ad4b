/** Features, a row each; only those in sight are there. The label of the chosen one is written in its row. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { formatFixed, formatNumber } from '../../marks/format.ts';
import { useHeadShape } from '../../api/hooks.ts';
import { headIndex } from '../../marks/headShape.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import type { FeatureTable } from './featureOrder.ts';
import { labelsOf } from './featureOrder.ts';
import { LabelField } from './labelField.tsx';

interface FeatureRowsProps {
  readonly table: FeatureTable;
  readonly order: readonly number[];
  readonly feature: number | null;
  readonly onSelect: (feature: number) => void;
  readonly onOpen: (feature: number) => void;
}

export function FeatureRows({ table, order, feature, onSelect, onOpen }: FeatureRowsProps): ReactElement {
  const { selection } = useWorkbench();
  const shape = useHeadShape();
  const sort = useDictionariesSettings((settings) => settings.sort);
  const change = useChangeDictionaries();
  const columns = useMemo(() => columnsOf(table, feature), [table, feature]);
  const { place } = table.card;
  const light = (row: number | null) => {
    if (shape === null || table.head === null || place.layer === null || place.head !== 'concatenated') return;
    const head = row === null ? null : (table.head[row] ?? null);
    selection.hover.set(head === null ? null : headIndex(shape, place.layer, head));
  };
  return (
    <Table<number>
      label="Features"
      rows={order}
      keyOf={String}
      selected={feature === null ? null : String(feature)}
      {...{ columns, onSelect, onOpen }}
      onHover={light}
      sorted={sort}
      onSort={(next) => change({ sort: next })}
    />
  );
}

/** Titles that fit a column; the whole ones stand in the data. */
const shortTitles: Readonly<Record<string, string>> = {
  decoderNorm: 'Row length',
  encoderBias: 'Bias',
  encoderDecoderCosine: 'Enc, dec cos',
  nearest: 'Nearest cos',
  meanActive: 'Mean active',
  largest: 'Largest',
};
/** Of the size of 1: lengths and cosines. */
const ofUnitSize = new Set(['decoderNorm', 'encoderDecoderCosine', 'nearest']);

function columnsOf(table: FeatureTable, chosen: number | null): readonly TableColumn<number>[] {
  const labels = labelsOf(table);
  const { card, head } = table;
  const layer = card.place.layer === null ? '' : `L${card.place.layer}`;
  return [
    { id: 'feature', title: 'Feature', width: '72px', align: 'right', isCode: true, cell: String, sortBy: Number },
    {
      ...{ id: 'label', title: 'Label', width: 'minmax(120px, 2fr)', sortBy: Number },
      cell: (feature) =>
        feature === chosen ? (
          <LabelField key={feature} dictionary={card.path} feature={feature} label={labels.get(feature) ?? ''} />
        ) : (
          (labels.get(feature) ?? '')
        ),
    },
    ...(head === null
      ? []
      : [
          {
            ...{ id: 'head', title: 'Head', width: '64px', isCode: true, sortBy: Number },
            cell: (feature: number) => `${layer}H${head[feature] ?? 0}`,
          },
        ]),
    ...table.columns.map(({ id, title, values }): TableColumn<number> => ({
      ...{ id, title: shortTitles[id] ?? title, width: 'minmax(96px, 1fr)', align: 'right' },
      cell: (feature) =>
        ofUnitSize.has(id) ? formatFixed(values[feature] ?? NaN, 3) : formatNumber(values[feature] ?? NaN),
      sortBy: Number,
    })),
  ];
}
