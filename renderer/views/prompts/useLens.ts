/** The logit lens of some positions, and the layers that it reads, from the last to the embedding. */
import { useMemo } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { useModelInfo, useWorkspace } from '../../api/hooks.ts';
import type { Streamed } from '../../api/useStream.ts';
import { useStream } from '../../api/useStream.ts';
import type { LensTable } from './lensValues.ts';
import { emptyLens, foldLens } from './lensValues.ts';
import { usePromptsSettings } from './promptsSettings.ts';
import type { Target } from './useTarget.ts';

/** Tokens of a cell. */
const TOP = 10;

export type LensStream = Streamed<LensTable, ResultOf<'lens'>>;

export function useLens({ ids }: Target, positions: readonly number[]) {
  const model = useWorkspace((state) => state.model);
  const chosen = usePromptsSettings((settings) => settings.target);
  const count = useModelInfo()?.shape.layers ?? 0;
  const targets = chosen === null ? {} : { targets: [chosen.id] };
  const request = model === null ? null : { ...model, prompt: { ids }, top: TOP, positions, ...targets };
  const stream: LensStream = useStream('lens', request, foldLens, emptyLens);
  // The prediction is made on top.
  const layers = useMemo(() => Array.from({ length: count + 1 }, (_, i) => count - 1 - i), [count]);
  return { stream, layers };
}
