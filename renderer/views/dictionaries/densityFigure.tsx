/** How often features are active: a histogram of log10 density, on which a stretch can be chosen. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatNumber } from '../../marks/format.ts';
import { Histogram } from '../../marks/histogram.tsx';
import { NumberField } from '../prune/numberField.tsx';
import { useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import type { FeatureTable } from './featureOrder.ts';
import { columnValues, logDensities } from './featureOrder.ts';

const LOWEST = -7;

export function DensityFigure({ table }: { readonly table: FeatureTable }): ReactElement | null {
  const filter = useDictionariesSettings((settings) => settings.filter);
  const change = useChangeDictionaries();
  const values = useMemo(() => logDensities(table), [table]);
  if (columnValues(table, 'density') === null || values.length === 0) return null;
  const low = Math.min(-1, Math.floor(values.reduce((least, value) => Math.min(least, value), 0)));
  const setRange = (density: readonly [number, number] | null) => change({ filter: { ...filter, density } });
  const [from, to] = filter.density ?? [low, 0];
  const dead = table.card.features - values.length;
  return (
    <figure className="dict-density">
      <figcaption>
        <strong>Density</strong>
        <small>{`share of rows with the feature active; ${formatNumber(dead)} of ${formatNumber(table.card.features)} never are`}</small>
      </figcaption>
      <div className="dict-density-drawing">
        <FitBox>
          {(size) => (
            <Histogram
              {...size}
              values={values}
              domain={[low, 0]}
              bins={24}
              range={filter.density}
              onRange={setRange}
              title="log10 of the density; drag to choose"
              label={`How many of ${values.length} living features have which density, from 10^${low} to 1`}
            />
          )}
        </FitBox>
      </div>
      <div className="dict-line">
        <NumberField
          words="at least"
          value={Number(from.toFixed(2))}
          min={LOWEST}
          max={to}
          onChange={(next) => setRange([next, to])}
        />
        <NumberField
          words="at most"
          value={Number(to.toFixed(2))}
          min={from}
          max={0}
          onChange={(next) => setRange([from, next])}
        />
      </div>
    </figure>
  );
}
