/** The strongest partners of a head on one side, as queries, keys and values. */
import type { CSSProperties, ReactElement } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatFixed } from '../../marks/format.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { headIndex } from '../../marks/headShape.ts';
import { headName } from '../../state/headNames.ts';
import type { Input, Partner, Partners, Side } from './partners.ts';
import { inputs } from './partners.ts';

interface PartnerTableProps {
  readonly side: Side;
  readonly partners: Partners;
  readonly head: HeadRef;
  readonly heads: HeadShape;
  readonly random: number;
  /** Score of a bar of full width. */
  readonly most: number;
  /** All layers are known. */
  readonly isWhole: boolean;
}

const inputNames: Readonly<Record<Input, string>> = { q: 'queries', k: 'keys', v: 'values' };

export function PartnerTable(props: PartnerTableProps): ReactElement {
  const { side, partners, head, heads, random, most, isWhole } = props;
  return (
    <div className="heads-partners">
      <h4>{side === 'writers' ? 'Reads from, as its' : 'Is read by, as their'}</h4>
      {inputs.every((input) => partners[input].length === 0) ? (
        <p className="heads-quiet">{emptyWords(side, head, heads, isWhole)}</p>
      ) : (
        <div className="heads-partner-columns">
          {inputs.map((input) => (
            <section key={input} aria-label={inputNames[input]}>
              <h5>{inputNames[input]}</h5>
              {partners[input].map((partner) => (
                <PartnerButton key={headName(partner.head)} {...{ partner, most, random, heads }} />
              ))}
            </section>
          ))}
        </div>
      )}
    </div>
  );
}

function emptyWords(side: Side, head: HeadRef, heads: HeadShape, isWhole: boolean): string {
  if (side === 'writers' && head.layer === 0) return 'Nothing: no head is before layer 0.';
  if (side === 'readers' && head.layer === heads.layers - 1) return 'Nothing: no head is after the last layer.';
  return isWhole ? 'Nothing.' : 'Not known yet.';
}

interface PartnerButtonProps {
  readonly partner: Partner;
  readonly most: number;
  readonly random: number;
  readonly heads: HeadShape;
}

function PartnerButton({ partner: { head, score }, most, random, heads }: PartnerButtonProps): ReactElement {
  const { selection } = useWorkbench();
  const times = `${formatFixed(score / random, 1)} times random`;
  const bar = { '--score': score / most, '--random': random / most } as CSSProperties;
  return (
    <button
      type="button"
      className="heads-partner"
      style={bar}
      title={times}
      aria-label={`${headName(head)}: ${formatFixed(score, 3)}, ${times}`}
      onClick={() => selection.setPrimary(head)}
      onPointerEnter={() => selection.hover.set(headIndex(heads, head.layer, head.head))}
      onPointerLeave={() => selection.hover.set(null)}
    >
      <span>{headName(head)}</span>
      <span>{formatFixed(score, 3)}</span>
      <i aria-hidden="true" />
    </button>
  );
}
