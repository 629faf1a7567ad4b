/** The head that is looked at: the primary one, else the first by the measure, else the model's first. */
import { useMemo } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useHeadMeasure, useSelection, useWorkspace } from '../../api/hooks.ts';
import { headAfter } from '../../api/rankHeads.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { nearestHead } from './headSteps.ts';

export function useHead(shape: HeadShape | null): HeadRef {
  const primary = useSelection((state) => state.primary);
  const measure = useHeadMeasure(useWorkspace((state) => state.measure));
  const first = primary ?? (measure === null ? null : headAfter(measure, null, 0)) ?? { layer: 0, head: 0 };
  const { layer, head } = shape === null ? first : nearestHead(shape, first);
  return useMemo(() => ({ layer, head }), [layer, head]);
}
