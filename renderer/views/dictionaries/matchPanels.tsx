/** How alike matched features are, and lists of the matched and the unmatched. */
import type { ReactElement } from 'react';
import { useMemo, useRef, useState } from 'react';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatFixed, formatNumber } from '../../marks/format.ts';
import { Histogram } from '../../marks/histogram.tsx';
import type { Picture } from '../../marks/picture.ts';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Empty } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { useChangeDictionaries } from './dictionariesSettings.ts';
import type { MatchedPair, Matching, UnmatchedFeature } from './matchRows.ts';
import { matchedPairs, MATCHES, unmatchedOf } from './matchRows.ts';

interface MatchPanelsProps {
  readonly a: DictionaryCard;
  readonly b: DictionaryCard;
  readonly matching: Matching;
}

type List = 'matched' | 'a' | 'b';

export function MatchPanels({ a, b, matching }: MatchPanelsProps): ReactElement {
  const picture = useRef<Picture>(null);
  const [list, setList] = useState<List>('matched');
  const pairs = useMemo(() => matchedPairs(matching), [matching]);
  const onlyA = useMemo(() => unmatchedOf(matching, 'a'), [matching]);
  const onlyB = useMemo(() => unmatchedOf(matching, 'b'), [matching]);
  const options = [
    { value: 'matched', title: `In both ${pairs.length}` },
    { value: 'a', title: `First only ${onlyA.length}` },
    { value: 'b', title: `Second only ${onlyB.length}` },
  ] as const;
  const { mean, share, cosine, notes } = matching;
  return (
    <div className="dict-matched">
      <Panel
        title="Matched cosines"
        caption={`${formatNumber(cosine.length)} pairs, mean ${formatFixed(mean, 3)}; ${formatNumber(share * 100)} % above ${MATCHES}. ${notes.join(' ')}`}
        exports={{
          name: 'matched features',
          csv: () => pairsCsv(matching),
          picture: () => picture.current,
        }}
      >
        <div className="dict-density-drawing dict-fill">
          <FitBox>
            {(size) => (
              <Histogram
                {...size}
                ref={picture}
                values={cosine}
                domain={[Math.min(0, ...cosine), 1]}
                bins={24}
                title="cosine of matched decoder rows"
                line={{ name: 'counts as a match', value: MATCHES }}
                label={`Cosines of ${cosine.length} matched pairs of ${a.name} and ${b.name}, mean ${formatFixed(mean, 3)}`}
              />
            )}
          </FitBox>
        </div>
      </Panel>
      <Panel
        title="Features"
        controls={<Segments label="Which features" value={list} options={options} onChange={setList} />}
      >
        {list === 'matched' ? <Pairs pairs={pairs} /> : <Only side={list} rows={list === 'a' ? onlyA : onlyB} />}
      </Panel>
    </div>
  );
}

function useShow() {
  const { workspace } = useWorkbench();
  const change = useChangeDictionaries();
  return (feature: number | null, otherFeature: number | null) => {
    if (feature !== null) workspace.set({ feature });
    change({ otherFeature });
  };
}

const pairColumns: readonly TableColumn<MatchedPair>[] = [
  {
    id: 'a',
    title: 'First',
    width: '1fr',
    align: 'right',
    isCode: true,
    cell: ({ a }) => `#${a}`,
    sortBy: ({ a }) => a,
  },
  {
    id: 'b',
    title: 'Second',
    width: '1fr',
    align: 'right',
    isCode: true,
    cell: ({ b }) => `#${b}`,
    sortBy: ({ b }) => b,
  },
  {
    ...{ id: 'cosine', title: 'Cosine', width: '1fr', align: 'right' },
    cell: ({ cosine }) => formatFixed(cosine, 3),
    sortBy: ({ cosine }) => cosine,
  },
];

function Pairs({ pairs }: { readonly pairs: readonly MatchedPair[] }): ReactElement {
  const show = useShow();
  const [selected, setSelected] = useState<string | null>(null);
  if (pairs.length === 0) return <Empty title="No pair is alike">{`None has a cosine of ${MATCHES} or more.`}</Empty>;
  return (
    <Table<MatchedPair>
      label="Features in both"
      rows={pairs}
      keyOf={({ a }) => String(a)}
      selected={selected}
      onSelect={({ a, b }) => {
        setSelected(String(a));
        show(a, b);
      }}
      columns={pairColumns}
    />
  );
}

const onlyColumns: readonly TableColumn<UnmatchedFeature>[] = [
  {
    ...{ id: 'feature', title: 'Feature', width: '1fr', align: 'right', isCode: true },
    cell: ({ feature }) => `#${feature}`,
    sortBy: ({ feature }) => feature,
  },
  {
    ...{ id: 'nearest', title: 'Cosine of the nearest there', width: '1.4fr', align: 'right' },
    cell: ({ nearest }) => formatFixed(nearest, 3),
    sortBy: ({ nearest }) => nearest,
  },
];

interface OnlyProps {
  readonly side: 'a' | 'b';
  readonly rows: readonly UnmatchedFeature[];
}

function Only({ side, rows }: OnlyProps): ReactElement {
  const show = useShow();
  const [selected, setSelected] = useState<string | null>(null);
  if (rows.length === 0) return <Empty title="None">Each of its features has one like it in the other.</Empty>;
  return (
    <Table<UnmatchedFeature>
      label="Features in one only"
      rows={rows}
      keyOf={({ feature }) => String(feature)}
      selected={selected}
      onSelect={({ feature }) => {
        setSelected(String(feature));
        show(side === 'a' ? feature : null, side === 'b' ? feature : null);
      }}
      columns={onlyColumns}
    />
  );
}

function pairsCsv({ a, b, cosine }: Matching): string {
  return csvOf(
    ['first', 'second', 'cosine'],
    Array.from(cosine, (value, i) => [a[i] ?? NaN, b[i] ?? NaN, value]),
  );
}
