/** What is known about the numbers of this model: what was tested of its family, what was read of this file. */
import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { ParitySection } from './paritySection.tsx';
import { VerifySection } from './verifySection.tsx';

interface TrustSectionProps {
  readonly path: string;
  readonly info: ResultOf<'info'>;
}

export function TrustSection({ path, info }: TrustSectionProps): ReactElement {
  return (
    <div className="models-trust">
      <ParitySection path={path} info={info} />
      <VerifySection path={path} />
    </div>
  );
}
