/** Two criteria unit by unit, and the units that they differ about most. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { hoverOfCells, matrixCells } from '../../api/matrixCells.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatFixed, formatNumber } from '../../marks/format.ts';
import { Scatter } from '../../marks/scatter/scatter.tsx';
import { Section } from '../../parts/section.tsx';
import { Select } from '../../parts/select.tsx';
import type { CriterionPair } from './agreementRows.ts';
import { pairOf } from './agreementRows.ts';
import { headsShapeOf } from './headsShapeOf.ts';
import type { ImportanceView } from '../../api/importanceFold.ts';
import { useChangePrune, usePrune } from './pruneSettings.ts';
import { headsOf, unitAt, unitName } from './pruneUnits.ts';

interface AgreementPairProps {
  readonly result: ResultOf<'importance'>;
  readonly view: ImportanceView;
}

/** The chosen two where the run has them, else its first two. */
export function shownPair({ header }: ImportanceView, chosen: readonly [string, string]): readonly [string, string] {
  const ids = header.criteria.map(({ id }) => id);
  if (chosen.every((id) => ids.includes(id))) return chosen;
  return [ids[0] ?? '', ids[1] ?? ids[0] ?? ''];
}

export function AgreementPair({ result, view }: AgreementPairProps): ReactElement {
  const chosen = usePrune((settings) => settings.pair);
  const change = useChangePrune();
  const [a, b] = shownPair(view, chosen);
  const pair = pairOf(result.pairs, a, b);
  const options = view.header.criteria.map(({ id, title }) => ({ value: id, title }));
  return (
    <Section
      title="Where two differ"
      aside={
        <span className="prune-pair">
          <Select label="One criterion" value={a} options={options} onChange={(next) => change({ pair: [next, b] })} />
          <Select label="The other" value={b} options={options} onChange={(next) => change({ pair: [a, next] })} />
        </span>
      }
    >
      <div className="prune-columns">
        <div className="prune-half">
          <PairScatter {...{ view, a, b }} />
        </div>
        {pair === null ? (
          <p className="sweeps-quiet">Choose two different criteria.</p>
        ) : (
          <PairWords {...{ view, pair }} />
        )}
      </div>
    </Section>
  );
}

interface PairScatterProps {
  readonly view: ImportanceView;
  readonly a: string;
  readonly b: string;
}

function PairScatter({ view, a, b }: PairScatterProps): ReactElement | null {
  const { selection } = useWorkbench();
  const { header, columns } = view;
  const { unit } = header;
  const heads = useMemo(() => headsShapeOf(header), [header]);
  const hover = useMemo(
    () => hoverOfCells(selection.hover, matrixCells(heads, unit === 'kv-group' ? 'kv-group' : 'head'), heads),
    [selection, heads, unit],
  );
  const axisOf = (id: string) => {
    const facts = header.criteria.find((one) => one.id === id);
    const values = columns.find((column) => column.id === id)?.values ?? new Float32Array(0);
    return { title: `${facts?.title ?? id}, ${facts?.unit ?? ''}`, values };
  };
  const isLinked = unit === 'head' || unit === 'kv-group';
  return (
    <FitBox>
      {(size) => (
        <Scatter
          {...size}
          x={axisOf(a)}
          y={axisOf(b)}
          name={(at) => unitName(unit, unitAt(heads, unit, at))}
          {...(isLinked ? { highlight: hover, onHover: hover.set } : {})}
          onPrimary={(at) => selection.setPrimary(headsOf(heads, unit, unitAt(heads, unit, at))[0] ?? null)}
          label="Two criteria, unit by unit"
        />
      )}
    </FitBox>
  );
}

interface PairWordsProps {
  readonly view: ImportanceView;
  readonly pair: CriterionPair;
}

function PairWords({ view: { header }, pair }: PairWordsProps): ReactElement {
  const { spearman, kendall, overlap, furthest } = pair;
  const number = (value: number | null) => formatFixed(value ?? NaN, 2);
  return (
    <div className="prune-words">
      <p>{`Spearman ${number(spearman)}, Kendall ${number(kendall)}, n ${header.units}`}</p>
      <p className="sweeps-quiet">
        {`In common: ${overlap.map(({ k, most, least }) => `of the ${k} least ${percent(least)}, of the ${k} most ${percent(most)}`).join('; ')}`}
      </p>
      <p>Ranks that differ most (1 is most worth keeping):</p>
      <ul className="prune-furthest">
        {furthest.map(({ rankA, rankB, ...place }) => (
          <li key={unitName(header.unit, place)}>
            <code>{unitName(header.unit, place)}</code>
            {` ${formatNumber(rankA)} and ${formatNumber(rankB)}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
