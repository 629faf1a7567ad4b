/** The order of features, made between two frames rather than while one is drawn; until then the one before stays. */
import { useEffect, useState } from 'react';
import type { FeatureFilter } from './dictionariesSettings.ts';
import type { FeatureSort, FeatureTable } from './featureOrder.ts';
import { featureOrder } from './featureOrder.ts';

export function useFeatureOrder(
  table: FeatureTable | null,
  filter: FeatureFilter,
  sort: FeatureSort,
): readonly number[] | null {
  const [order, setOrder] = useState<readonly number[] | null>(null);
  useEffect(() => {
    if (table === null) return undefined;
    const timer = setTimeout(() => setOrder(featureOrder(table, filter, sort)), 0);
    return () => clearTimeout(timer);
  }, [table, filter, sort]);
  return order;
}
