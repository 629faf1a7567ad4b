import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { modelFacts } from './factsOf.ts';

type Info = ResultOf<'info'>;

export function ModelFacts({ info }: { readonly info: Info }): ReactElement {
  return (
    <dl className="models-facts">
      {modelFacts(info).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {info.lacks.map(({ site, reason }) => (
        <div key={site}>
          <dt>no {site}</dt>
          <dd className="models-quiet">{reason}</dd>
        </div>
      ))}
    </dl>
  );
}
