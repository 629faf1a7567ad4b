/** Spearman's rank correlation of every pair of criteria; a click chooses the pair that is looked at below. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatFixed } from '../../marks/format.ts';
import { ValueGrid } from '../../marks/valueGrid/valueGrid.tsx';
import { Section } from '../../parts/section.tsx';
import { correlationGrid } from './agreementRows.ts';
import { criterionTitle } from './criteriaList.ts';
import type { ImportanceView } from '../../api/importanceFold.ts';
import { useChangePrune } from './pruneSettings.ts';
import { unitWords } from './pruneUnits.ts';

interface AgreementGridProps {
  readonly result: ResultOf<'importance'>;
  readonly view: ImportanceView;
}

export function AgreementGrid({ result, view }: AgreementGridProps): ReactElement {
  const change = useChangePrune();
  const { criteria, units, unit } = view.header;
  const ids = useMemo(() => criteria.map(({ id }) => id), [criteria]);
  const values = useMemo(() => correlationGrid(result.pairs, ids), [result, ids]);
  const at = (cell: number) => [ids[Math.floor(cell / ids.length)] ?? '', ids[cell % ids.length] ?? ''] as const;
  const describe = (cell: number) => {
    const [a, b] = at(cell);
    return `${criterionTitle(a)} with ${criterionTitle(b)}: Spearman ${formatFixed(values[cell] ?? NaN, 2)}`;
  };
  const choose = (cell: number) => {
    const [a, b] = at(cell);
    if (a !== b) change({ pair: [a, b] });
  };
  return (
    <Section title="Rank correlation" aside={`Spearman, ${units} ${unitWords(unit)}`}>
      <div className="prune-half">
        <FitBox>
          {(size) => (
            <ValueGrid
              {...size}
              {...{ values, describe }}
              rows={ids}
              columns={ids}
              scale={{ kind: 'signed', limit: 1 }}
              numbers={ids.length * ids.length}
              onPrimary={choose}
              label="Rank correlation of criteria"
            />
          )}
        </FitBox>
      </div>
    </Section>
  );
}
