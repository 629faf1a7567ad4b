/** What is known about the numbers of this model: what was tested of its family, what was read of this file. */
import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { VerifySection } from './verifySection.tsx';

interface TrustSectionProps {
  readonly path: string;
  readonly info: ResultOf<'info'>;
}

export function TrustSection({ path, info }: TrustSectionProps): ReactElement {
  return (
    <div className="models-trust">
      <p>
        {`Parity: on small random models of the ${info.architecture.title} family, every site is tested to lie within 1e−4 of the reference implementation: Hugging Face transformers, for TransformerLens’ own form TransformerLens. That is a statement about the family, not about this file.`}
      </p>
      <VerifySection path={path} />
    </div>
  );
}
