import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { formatNumber } from '../../marks/format.ts';
import { formatBytes } from '../../shell/formatBytes.ts';

/** The types that the weights have in the file, the largest first. */
export function Storage({ storage }: Pick<ResultOf<'info'>, 'storage'>): ReactElement {
  return (
    <table className="models-storage">
      <thead>
        <tr>
          <th>type</th>
          <th>tensors</th>
          <th>numbers</th>
          <th>size</th>
        </tr>
      </thead>
      <tbody>
        {storage
          .toSorted((a, b) => b.bytes - a.bytes)
          .map(({ type, tensors, elements, bytes }) => (
            <tr key={type}>
              <td>{type}</td>
              <td>{formatNumber(tensors)}</td>
              <td>{elements.toLocaleString('en-US')}</td>
              <td>{formatBytes(bytes)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
