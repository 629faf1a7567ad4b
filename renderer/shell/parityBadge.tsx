/** The chip's word on parity: of the family always, of the model in memory once it was verified; and what they mean. */
import type { ReactElement } from 'react';
import type { ResultOf } from '../../engine/results/contract.ts';
import { useVerified } from '../api/parityCheck.ts';
import { Tooltip } from '../parts/tooltip.tsx';
import { parityAbout, parityBadge, verifiedAbout, verifiedBadge } from './parityWords.ts';

type Info = ResultOf<'info'>;

export function ParityBadge({ info }: { readonly info: Info }): ReactElement {
  const verified = useVerified(info.fingerprint);
  return (
    <>
      {info.parity !== null && <span className="chip-parity">{parityBadge(info.parity)}</span>}
      {verified !== null && (
        <span className={verified.verdict === 'agrees' ? 'chip-verified' : 'chip-warn'}>{verifiedBadge(verified)}</span>
      )}
    </>
  );
}

interface WithParityProps {
  readonly info: Info | null;
  /** The chip. */
  readonly children: ReactElement;
}

export function WithParity({ info, children }: WithParityProps): ReactElement {
  const verified = useVerified(info?.fingerprint ?? '');
  const words = info === null ? [] : [parityAbout(info), ...(verified === null ? [] : [verifiedAbout(verified)])];
  if (words.length === 0) return children;
  return <Tooltip text={<span>{words.join(' ')}</span>}>{children}</Tooltip>;
}
