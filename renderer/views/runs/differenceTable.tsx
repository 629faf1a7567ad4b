import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { copyText } from '../../parts/copyText.ts';
import { csvOf } from '../../parts/csv.ts';
import { IconButton } from '../../parts/button.tsx';
import { formatNumber } from '../../marks/format.ts';

type Difference = ResultOf<'compare'>['settings'][number];

interface DifferenceTableProps {
  readonly label: string;
  /** What stands in the first column. */
  readonly of: string;
  readonly differences: readonly Difference[];
  readonly nameOf: (path: string) => string;
  readonly wordsOf?: (path: string, value: string) => string;
  /** A column tells by how much. */
  readonly isNumbers?: boolean;
}

/** What two runs say differently: a line each, in the order of the runs. */
export function DifferenceTable(props: DifferenceTableProps): ReactElement {
  const { label, of, differences, nameOf, wordsOf = asWritten, isNumbers = false } = props;
  const csv = () =>
    csvOf(
      ['path', 'a', 'b'],
      differences.map(({ path, a, b }) => [path, a, b]),
    );
  return (
    <div className="runs-differences">
      <IconButton icon="copy" label={`${label}: copy as CSV`} onClick={() => void copyText(csv())} />
      <table aria-label={label}>
        <thead>
          <tr>
            <th>{of}</th>
            <th>A</th>
            <th>B</th>
            {isNumbers && <th>A − B</th>}
          </tr>
        </thead>
        <tbody>
          {differences.map(({ path, a, b }) => (
            <tr key={path}>
              <td title={path}>{nameOf(path)}</td>
              <td title={a}>{wordsOf(path, a)}</td>
              <td title={b}>{wordsOf(path, b)}</td>
              {isNumbers && <td>{formatNumber(Number(a) - Number(b))}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function asWritten(_path: string, value: string): string {
  return value;
}
