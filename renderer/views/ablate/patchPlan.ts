/** What the chosen settings would start, or what is in the way. */
import type { PatchTarget } from '../../../engine/results/patchGrid.ts';
import type { JobRequest } from '../../../engine/results/runs.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { allHeads } from '../../state/headRefs.ts';
import type { MeasuredOn } from '../../state/workspace.ts';
import type { PatchChoice, PatchSettings } from './patchSettings.ts';

export type PatchPlan =
  | { readonly kind: 'ready'; readonly job: JobRequest; readonly units: number | null; readonly n: number | null }
  | { readonly kind: 'problem'; readonly text: string };

export interface PatchScene {
  readonly shape: HeadShape;
  readonly on: MeasuredOn;
  readonly primary: HeadRef | null;
  /** Tokens of the first prompt, by which the size of a grid is told; null while unknown. */
  readonly length: number | null;
  /** Prompts of a file; null while they are not counted. */
  readonly counted: number | null;
}

export function planPatch(settings: PatchSettings, scene: PatchScene): PatchPlan {
  const { on, primary } = scene;
  const target = targetOf(settings.target, primary);
  if (target === null) {
    return { kind: 'problem', text: 'Choose a primary head: it is patched position by position in its layer.' };
  }
  const prompts = promptsOf(on.prompts, settings.n);
  return {
    kind: 'ready',
    job: { call: 'patchGrid', request: { ...on, prompts, target, direction: settings.direction } },
    units: cellCount(target, scene),
    n: prompts.kind === 'task' ? prompts.n : scene.counted,
  };
}

function targetOf(choice: PatchChoice, primary: HeadRef | null): PatchTarget | null {
  if (choice === 'heads') return { kind: 'heads' };
  if (choice !== 'headPositions') return { kind: 'positions', site: choice };
  return primary === null ? null : { kind: 'headPositions', head: primary };
}

/** The first prompts of a task are the same whatever their number is. */
function promptsOf(prompts: MeasuredOn['prompts'], n: number | null): MeasuredOn['prompts'] {
  return prompts.kind === 'task' && n !== null ? { ...prompts, n } : prompts;
}

function cellCount(target: PatchTarget, { shape, length }: PatchScene): number | null {
  if (target.kind === 'heads') return allHeads(shape).length;
  if (length === null) return null;
  return target.kind === 'headPositions' ? length : length * shape.layers;
}
