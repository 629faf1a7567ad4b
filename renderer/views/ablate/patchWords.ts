/** What patching, its directions and its numbers are called. */
import type { PatchHeader } from '../../../engine/results/patchGrid.ts';
import { measures } from '../../../engine/terms/measures.ts';
import { headName } from '../../state/headNames.ts';
import type { PatchChoice, PatchDirection } from './patchSettings.ts';

export const targetTitles: Readonly<Record<PatchChoice, string>> = {
  residPre: 'residual before the layer',
  attnOut: 'attention output',
  mlpOut: 'MLP output',
  residPost: 'residual after the layer',
  heads: 'heads',
  headPositions: 'primary head',
};

export const directionTitles: Readonly<Record<PatchDirection, string>> = {
  cleanIntoCorrupt: 'clean into corrupt',
  corruptIntoClean: 'corrupt into clean',
};

/** `residual before the layer, layer by position` */
export function patchedWords({ target }: Pick<PatchHeader, 'target'>): string {
  switch (target.kind) {
    case 'heads':
      return 'every head, at all positions';
    case 'headPositions':
      return `${headName(target.head)}, position by position`;
    case 'positions':
      return `${targetTitles[target.site]}, layer by position`;
  }
}

/** What 0 and 1 of a recovery mean. */
export function recoveryWords({ direction }: Pick<PatchHeader, 'direction'>): string {
  const [from, into] = direction === 'cleanIntoCorrupt' ? ['clean', 'corrupt'] : ['corrupt', 'clean'];
  return `recovery = (patched − ${into}) / (${from} − ${into}), mean of prompts; 1: as in the ${from} run, 0: no change. Prompts whose two runs are close weigh heavily: compare with the effect`;
}

export function effectWords({ direction, metricId }: Pick<PatchHeader, 'direction' | 'metricId'>): string {
  const into = direction === 'cleanIntoCorrupt' ? 'corrupt' : 'clean';
  return `effect = patched − ${into}, ${measures[metricId].title}`;
}
