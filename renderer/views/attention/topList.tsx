/** The strongest weights of a row as bars. */
import type { ReactElement } from 'react';
import type { TopWeight } from './topWeights.ts';

export interface TopListProps {
  readonly weights: readonly TopWeight[];
  /** Where bars end. */
  readonly limit: number;
  readonly nameOf: (token: number) => string;
  readonly format: (value: number) => string;
  readonly onHover?: (token: number | null) => void;
  readonly onChoose?: (token: number) => void;
  readonly label: string;
}

export function TopList({ weights, onHover, ...rest }: TopListProps): ReactElement {
  return (
    <ol className="attention-top" aria-label={rest.label} onPointerLeave={() => onHover?.(null)}>
      {weights.map((weight) => (
        <li key={weight.index} onPointerEnter={() => onHover?.(weight.index)}>
          <TopLine weight={weight} {...rest} />
        </li>
      ))}
    </ol>
  );
}

type TopLineProps = Omit<TopListProps, 'weights' | 'onHover' | 'label'> & { readonly weight: TopWeight };

function TopLine({ weight: { index, value }, limit, nameOf, format, onChoose }: TopLineProps): ReactElement {
  const share = limit > 0 ? Math.min(1, Math.abs(value) / limit) : 0;
  const line = (
    <>
      <span className="attention-token">{nameOf(index)}</span>
      <span className="attention-position">{index}</span>
      <span className="attention-track" aria-hidden>
        <span className="attention-bar-mark" data-negative={value < 0} style={{ transform: `scaleX(${share})` }} />
      </span>
      <span className="attention-value">{format(value)}</span>
    </>
  );
  if (onChoose === undefined) return <span className="attention-line">{line}</span>;
  return (
    <button type="button" className="attention-line" onClick={() => onChoose(index)}>
      {line}
    </button>
  );
}
