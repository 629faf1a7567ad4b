/** Layers or MLPs as bars with their intervals. */
import type { ReactElement, Ref } from 'react';
import { useRef } from 'react';
import { useRun } from '../../api/hooks.ts';
import { ColumnBars } from '../../marks/columnBars.tsx';
import { FitBox } from '../../marks/fitBox.tsx';
import type { Picture } from '../../marks/picture.ts';
import type { LineWriter } from './sweepsLine.tsx';
import { SweepsLine } from './sweepsLine.tsx';
import { unitRows } from './sweepsRows.ts';
import { decimalsOf, effectTitle, intervalWords, kindTitles } from './sweepsWords.ts';

interface SweepsBarsProps {
  readonly run: string;
  readonly quantity: 'effect' | 'kl';
  readonly picture: Ref<Picture>;
}

export function SweepsBars({ run, quantity, picture }: SweepsBarsProps): ReactElement | null {
  const table = useRun(run)?.table;
  const line = useRef<LineWriter>(null);
  if (table?.kind !== 'ablate') return null;
  const title = quantity === 'kl' ? 'KL, nats' : effectTitle(table.header);
  const rows = unitRows(table);
  const bars = rows.map(({ name, effect, kl }) => ({
    name: name.replace('MLP', ''),
    ...(quantity === 'kl' ? kl : effect),
  }));
  const decimals = decimalsOf(bars.map(({ value }) => value));
  const write = (index: number | null) => {
    const row = rows[index ?? -1];
    const bar = bars[index ?? -1];
    if (row === undefined || bar === undefined) return line.current?.write('');
    line.current?.write(`${row.name}: ${title} ${intervalWords(bar, decimals)}${row.n === 0 ? '' : `, n ${row.n}`}`);
  };
  return (
    <>
      <div className="sweeps-drawing">
        <FitBox>
          {(size) => (
            <ColumnBars
              {...size}
              {...{ bars, title }}
              ref={picture}
              signed={quantity === 'effect'}
              onHover={write}
              label={`${kindTitles[table.units.unit]}: ${title}`}
            />
          )}
        </FitBox>
      </div>
      <SweepsLine ref={line} idle="Point at a bar to read it; the menu shows all as a table." />
    </>
  );
}
