/** A number for each of some heads of a layer, as bars; pointing at one lights its head everywhere, pressing chooses it. */
import type { ReactElement } from 'react';
import { useHeadShape } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatFixed } from '../../marks/format.ts';
import { headIndex } from '../../marks/headShape.ts';
import { headName } from '../../state/headNames.ts';
import { ShareBar } from './shareBar.tsx';

interface HeadBarsProps {
  readonly label: string;
  readonly layer: number | null;
  readonly rows: readonly { readonly head: number; readonly value: number }[];
  readonly digits: number;
  /** The head that is looked at here; null where none is. */
  readonly chosen?: number | null;
  readonly onChoose?: (head: number) => void;
}

export function HeadBars({ label, layer, rows, digits, chosen = null, onChoose }: HeadBarsProps): ReactElement {
  const { selection } = useWorkbench();
  const shape = useHeadShape();
  const isSigned = rows.some(({ value }) => value < 0);
  const most = Math.max(...rows.map(({ value }) => Math.abs(value)), 1e-12);
  const point = (head: number | null) => {
    if (shape !== null && layer !== null) selection.hover.set(head === null ? null : headIndex(shape, layer, head));
  };
  const choose = (head: number) => {
    if (layer !== null) selection.setPrimary({ layer, head });
    onChoose?.(head);
  };
  return (
    <ul className="dict-bars" aria-label={label} onPointerLeave={() => point(null)}>
      {rows.map(({ head, value }) => (
        <li key={head}>
          <button
            type="button"
            aria-pressed={head === chosen}
            onPointerEnter={() => point(head)}
            onClick={() => choose(head)}
          >
            <code>{layer === null ? `H${head}` : headName({ layer, head })}</code>
            <ShareBar share={value / most} isSigned={isSigned} />
            <span className="dict-number">{formatFixed(value, digits)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
