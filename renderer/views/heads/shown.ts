/** What the matrix shows: the chosen measure, its cells, its numbers, its colours. */
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { HeadMeasures } from '../../api/headMeasures.ts';
import { useHeadMeasures, useWorkspace } from '../../api/hooks.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { scaleOf } from '../../api/measureScale.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { ColourScale } from '../../marks/colour.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { dataScaleOf, readScale, scaleText } from './dataScale.ts';
import { useHeadsSettings } from './headsSettings.ts';
import type { MatrixCells } from '../../api/matrixCells.ts';
import { matrixCells } from '../../api/matrixCells.ts';
import type { MatrixFeed } from './matrixFeed.ts';
import { createMatrixFeed, emptyFeed } from './matrixFeed.ts';

export interface Shown {
  /** Of the model. */
  readonly heads: HeadShape;
  readonly measure: HeadMeasure | null;
  readonly cells: MatrixCells;
  readonly feed: MatrixFeed;
}

/** Renders when another measure is shown, not as its numbers come. */
export function useShown(heads: HeadShape): Shown {
  const { measures } = useWorkbench();
  const id = useWorkspace((state) => state.measure);
  const measure = useHeadMeasures().find((candidate) => candidate.id === id) ?? null;
  const unit = measure?.of ?? 'head';
  const cells = useMemo(() => matrixCells(heads, unit), [heads, unit]);
  const feed = useMemo(
    () => (measure === null ? emptyFeed(cells) : createMatrixFeed(measures, measure, cells)),
    [measures, measure, cells],
  );
  return useMemo(() => ({ heads, measure, cells, feed }), [heads, measure, cells, feed]);
}

/** Renders only when the ends of the scale move. */
export function useShownScale(measure: HeadMeasure | null): ColourScale {
  const { measures } = useWorkbench();
  const isUnlocked = useHeadsSettings(({ unlocked }) => unlocked !== null && unlocked === measure?.id);
  const read = useCallback(() => {
    if (measure === null) return scaleText(noScale);
    return scaleText(isUnlocked ? dataScaleOf(measure) : scaleOf(measure));
  }, [measure, isUnlocked]);
  const text = useSyncExternalStore(useSubscribe(measures, measure), read);
  return useMemo(() => readScale(text), [text]);
}

const noScale: ColourScale = { kind: 'sequential', low: 0, high: 1 };

/** Something told by the numbers of a measure; renders when it changes. Give a function that is kept by useCallback. */
export function useOfNumbers<T extends number | string | boolean>(measure: HeadMeasure | null, read: () => T): T {
  return useSyncExternalStore(useSubscribe(useWorkbench().measures, measure), read);
}

/** Rises as numbers of the measure come. */
export function useVersion(measure: HeadMeasure | null): number {
  const { measures } = useWorkbench();
  const id = measure?.id ?? null;
  return useOfNumbers(
    measure,
    useCallback(() => (id === null ? 0 : measures.version(id)), [measures, id]),
  );
}

function useSubscribe(measures: HeadMeasures, measure: HeadMeasure | null): (listener: () => void) => () => void {
  const id = measure?.id ?? null;
  return useCallback(
    (listener: () => void) => (id === null ? () => undefined : measures.subscribe(listener, id)),
    [measures, id],
  );
}
