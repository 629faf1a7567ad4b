/** The heads of a model, small: a column a layer, a cell a head, heads that share keys and values side by side in one tone. */
import type { ReactElement, Ref } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { Picture } from '../../marks/picture.ts';
import { usePicture } from '../../marks/usePicture.ts';
import { stripLayout } from './stripLayout.ts';

interface HeadStripProps {
  readonly layers: ResultOf<'info'>['perLayer'];
  readonly width: number;
  readonly ref?: Ref<Picture>;
}

export function HeadStrip({ layers, width, ref }: HeadStripProps): ReactElement {
  const svg = usePicture(ref);
  const { height, bottom, columns, groups } = stripLayout(layers, width);
  return (
    <svg ref={svg} role="img" aria-label={spoken(layers)} width={width} height={height} className="mark">
      {groups.map(({ path, isOdd, isWindowed }, i) => (
        <path key={i} d={path} fill={isOdd ? 'var(--mark-soft)' : 'var(--mark)'} opacity={isWindowed ? 0.55 : 1} />
      ))}
      <g fill="var(--ink-3)">
        {columns.map(({ layer, x }) => (
          <text key={layer} x={x} y={bottom} textAnchor="middle">{`L${layer}`}</text>
        ))}
      </g>
    </svg>
  );
}

function spoken(layers: HeadStripProps['layers']): string {
  const kinds = new Set(layers.map(({ heads, kvHeads }) => `${heads} heads in ${kvHeads} KV groups`));
  return `${layers.length} layers of ${[...kinds].join(' or ')}`;
}
