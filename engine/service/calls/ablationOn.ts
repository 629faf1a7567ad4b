/** What ablations of units, of sets and of painted heads take from their requests alike. */
import type { RequestOf } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import type { AblationOn } from '../../scores/ablation.ts';
import type { Measured } from './measuredPrompts.ts';
import { promptsOfFile } from './prompts.ts';

type Asked = Pick<RequestOf<'ablate'>, 'ablation' | 'scale' | 'reference' | 'align' | 'seed' | 'done' | 'unitsPerRun'>;

/** Throws Fault for a reference file that can't be read. */
export function ablationOn(
  model: Model,
  { ablation: kind, scale, reference, align, seed, done, unitsPerRun }: Asked,
  { prompts, metric }: Pick<Measured, 'prompts' | 'metric'>,
  signal: AbortSignal,
): AblationOn {
  return {
    ...{ prompts, metric, kind, seed, signal },
    ...(scale === undefined ? {} : { scaleBy: scale }),
    ...(done === undefined ? {} : { done }),
    ...(unitsPerRun === undefined ? {} : { unitsPerRun }),
    ...(reference === undefined ? {} : { reference: promptsOfFile(model, reference).map(({ ids }) => ids) }),
    ...(align === undefined ? {} : { align }),
  };
}
