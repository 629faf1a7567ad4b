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
import { Switch } from '../../parts/switch.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import type { Comparison, Densities, MatchedPair, Matching, UnmatchedFeature } from './matchRows.ts';
import { comparisonOf, MATCHES } from './matchRows.ts';

interface MatchPanelsProps {
  readonly a: DictionaryCard;
  readonly b: DictionaryCard;
  readonly matching: Matching;
  readonly densities: Densities;
}

type List = 'matched' | 'a' | 'b';

export function MatchPanels({ a, b, matching, densities }: MatchPanelsProps): ReactElement {
  const leavesSilentOut = useDictionariesSettings((settings) => settings.leavesSilentOut);
  const found = useMemo(
    () => comparisonOf(matching, densities, leavesSilentOut),
    [matching, densities, leavesSilentOut],
  );
  return (
    <div className="dict-matched">
      <CosinePanel {...{ a, b, found, notes: matching.notes }} />
      <MatchLists found={found} />
    </div>
  );
}

interface CosinePanelProps extends Pick<MatchPanelsProps, 'a' | 'b'> {
  readonly found: Comparison;
  readonly notes: readonly string[];
}

function CosinePanel({ a, b, found, notes }: CosinePanelProps): ReactElement {
  const picture = useRef<Picture>(null);
  const { pairs, mean } = found;
  const cosines = useMemo(() => Float32Array.from(pairs, ({ cosine }) => cosine), [pairs]);
  return (
    <Panel
      title="Matched cosines"
      caption={[matchWords(found), ...notes].join(' ')}
      exports={{ name: 'matched features', csv: () => pairsCsv(found), picture: () => picture.current }}
    >
      <div className="dict-cosines">
        <SilentSwitch pairs={found.silentPairs} />
        <div className="dict-density-drawing dict-fill">
          {pairs.length === 0 ? (
            <Empty title="No pair is left">In none of them was a feature ever active.</Empty>
          ) : (
            <FitBox>
              {(size) => (
                <Histogram
                  {...size}
                  ref={picture}
                  values={cosines}
                  domain={[Math.min(0, cosines.at(-1) ?? 0), 1]}
                  bins={24}
                  title="cosine of matched decoder rows"
                  line={{ name: 'counts as a match', value: MATCHES }}
                  label={`Cosines of ${pairs.length} matched pairs of ${a.name} and ${b.name}, mean ${formatFixed(mean, 3)}`}
                />
              )}
            </FitBox>
          )}
        </div>
      </div>
    </Panel>
  );
}

function matchWords({ pairs, mean, share }: Comparison): string {
  if (pairs.length === 0) return 'No pairs.';
  return `${formatNumber(pairs.length)} pairs, mean ${formatFixed(mean, 3)}; ${formatNumber(share * 100)} % above ${MATCHES}.`;
}

/** Two that began from the same seed are alike also in features that nothing moved. */
function SilentSwitch({ pairs }: { readonly pairs: number | null }): ReactElement {
  const isOn = useDictionariesSettings((settings) => settings.leavesSilentOut);
  const change = useChangeDictionaries();
  if (pairs === null) {
    return <p className="sweeps-quiet">Which features were ever active is not known of both: measure them first.</p>;
  }
  return (
    <div className="dict-line">
      <Switch label="Leave out those never active" isOn={isOn} onChange={(on) => change({ leavesSilentOut: on })} />
      <span className="sweeps-quiet">
        {pairs === 0 ? 'in every pair one was active' : `${formatNumber(pairs)} pairs where neither ever was`}
      </span>
    </div>
  );
}

function MatchLists({ found }: { readonly found: Comparison }): ReactElement {
  const [list, setList] = useState<List>('matched');
  const { matched, onlyA, onlyB } = found;
  const options = [
    { value: 'matched', title: `In both ${matched.length}` },
    { value: 'a', title: `First only ${onlyA.length}` },
    { value: 'b', title: `Second only ${onlyB.length}` },
  ] as const;
  return (
    <Panel
      title="Features"
      controls={<Segments label="Which features" value={list} options={options} onChange={setList} />}
    >
      {list === 'matched' ? <Pairs pairs={matched} /> : <Only side={list} rows={list === 'a' ? onlyA : onlyB} />}
    </Panel>
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

function pairsCsv({ pairs }: Comparison): string {
  return csvOf(
    ['first', 'second', 'cosine'],
    pairs.map(({ a, b, cosine }) => [a, b, cosine]),
  );
}
