/** Every dictionary of the project with its numbers, newest first. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { formatNumber } from '../../marks/format.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { DictionariesModel } from './dictionariesModel.ts';
import { intervalWords, measureCells, measureColumns, measureHead, measureText } from './measureColumns.ts';
import { isOfModel } from './useShelf.ts';

interface DictionaryListProps {
  readonly cards: readonly DictionaryCard[];
  readonly problems: ResultOf<'dictionaries'>['problems'];
  /** The chosen one. */
  readonly card: DictionaryCard;
  readonly model: DictionariesModel;
}

export function DictionaryList({ cards, problems, card, model }: DictionaryListProps): ReactElement {
  const { workspace } = useWorkbench();
  const columns = useMemo(() => columnsFor(model), [model]);
  return (
    <Panel
      title="Dictionaries"
      caption={`${formatNumber(cards.length)} in the project; measured on held-out rows; ${intervalWords}`}
      exports={{ name: 'dictionaries', csv: () => cardsCsv(cards) }}
    >
      <div className="dict-measured">
        {problems.length > 0 && (
          <details className="dict-problems">
            <summary>{`${problems.length} ${problems.length === 1 ? 'folder' : 'folders'} can’t be read`}</summary>
            {problems.map(({ folder, reason }) => (
              <p key={folder}>{`${folder}: ${reason}`}</p>
            ))}
          </details>
        )}
        <div className="dict-table">
          <Table<DictionaryCard>
            label="Dictionaries"
            rows={cards}
            keyOf={({ path }) => path}
            selected={card.path}
            onSelect={({ path }) => workspace.set({ dictionary: path, feature: null })}
            columns={columns}
          />
        </div>
      </div>
    </Panel>
  );
}

function columnsFor(model: DictionariesModel): readonly TableColumn<DictionaryCard>[] {
  return [
    text('name', 'Name', 'minmax(164px, 1.8fr)', ({ name }) => name, true),
    text('reads', 'Reads', 'minmax(80px, 0.8fr)', ({ reads }) => reads),
    text('by', 'Kind', 'minmax(104px, 1.2fr)', ({ by, made }) => (made === 'control' ? `control: ${by}` : by)),
    number('features', 'F', ({ features }) => features),
    ...measureColumns.map((column): TableColumn<DictionaryCard> => ({
      ...{ id: column.id, title: column.title, width: `${column.width}px`, align: 'right' },
      cell: ({ measures }) => measureText(column, measures),
      sortBy: ({ measures }) => (measures === null ? NaN : column.of(measures)),
    })),
    text('contexts', 'Contexts', '72px', ({ collected }) => (collected ? 'yes' : '–')),
    number('labels', 'Labels', ({ labels }) => labels),
    text('model', 'Model', 'minmax(120px, 1fr)', (card) => modelWords(card, model)),
  ];
}

/** What does not belong to the open model is said to. */
export function modelWords(card: Pick<DictionaryCard, 'model'>, model: DictionariesModel): string {
  if (card.model === null) return 'not stated';
  return isOfModel(card, model) ? card.model.name : `another: ${card.model.name}`;
}

function text(
  id: string,
  title: string,
  width: string,
  of: (card: DictionaryCard) => string,
  isCode = false,
): TableColumn<DictionaryCard> {
  return { id, title, width, isCode, cell: of, sortBy: of };
}

function number(id: string, title: string, of: (card: DictionaryCard) => number): TableColumn<DictionaryCard> {
  return {
    id,
    title,
    width: 'minmax(56px, 0.3fr)',
    align: 'right',
    cell: (card) => formatNumber(of(card)),
    sortBy: of,
  };
}

function cardsCsv(cards: readonly DictionaryCard[]): string {
  const head = ['name', 'reads', 'made', 'by', 'features', ...measureHead, 'model', 'path'];
  return csvOf(
    head,
    cards.map(({ name, reads, made, by, features, measures, model, path }) => [
      ...[name, reads, made, by, features],
      ...measureCells(measures),
      ...[model?.name ?? null, path],
    ]),
  );
}
