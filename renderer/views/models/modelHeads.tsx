import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { FitWidth } from './fitWidth.tsx';
import { HeadStrip } from './headStrip.tsx';

export function ModelHeads({ info }: { readonly info: ResultOf<'info'> }): ReactElement {
  const { heads, kvHeads } = info.shape;
  const isWindowed = info.perLayer.some(({ window }) => window !== null);
  return (
    <>
      <FitWidth>{(width) => <HeadStrip layers={info.perLayer} width={width} />}</FitWidth>
      <p className="models-quiet">
        A column is a layer, a cell a query head.{' '}
        {kvHeads === heads
          ? 'Every head has keys and values of its own.'
          : 'Cells of one tone without a gap share their keys and values.'}
        {isWindowed && ' Paler layers see a window of the last tokens only.'}
      </p>
    </>
  );
}
