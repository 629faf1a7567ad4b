/** What a masking would run on the needles of a detection, or in words what is in the way. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import { numbersIn } from './needlePlan.ts';
import type { MaskingSettings } from './retrievalSettings.ts';

type Request = RequestOf<'maskCurve'>;

export type MaskPlan =
  | { readonly kind: 'ready'; readonly request: Request; readonly arms: number }
  | { readonly kind: 'problem'; readonly text: string };

export interface MaskScene {
  /** The request of the detection whose needles are asked again. */
  readonly detection: RequestOf<'retrieve'>;
  /** All heads, best first. */
  readonly ranking: readonly HeadRef[];
  readonly context: number;
}

/** Tokens of a window of plain text. */
const WINDOW = 512;

export function planMasks(settings: MaskingSettings, scene: MaskScene): MaskPlan {
  const ks = numbersIn(settings.ks);
  const reason = problemOf(settings, scene, ks);
  if (reason !== null || ks === null) return { kind: 'problem', text: reason ?? '' };
  const { draws, windows, scope, mode } = settings;
  const { model, weights, runs, seed } = scene.detection;
  const request: Request = {
    ...{ model, scope, mode, draws, ks, seed, ranking: scene.ranking, masks: [maskOf(settings)] },
    ...(weights === undefined ? {} : { weights }),
    runs: settings.steps ? [runs, withSteps(runs)] : [runs],
    texts: { source: { kind: 'stories' }, n: windows, length: Math.min(WINDOW, scene.context) },
  };
  // Top, bottom and the random sets of each k, and the model as it is.
  return { kind: 'ready', request, arms: 1 + ks.length * (2 + draws) };
}

function problemOf(
  { mode, steps }: MaskingSettings,
  { detection: { runs }, ranking }: MaskScene,
  ks: readonly number[] | null,
): string | null {
  if (ranking.length === 0) return 'No run counts in this detection: there is no ranking to mask by.';
  if (ks === null || ks.some((k) => !Number.isInteger(k) || k < 1))
    return 'k: whole numbers of heads, such as 1, 2, 5.';
  if (ks.some((k) => k > ranking.length)) return `This model has ${ranking.length} heads.`;
  const asksSteps = runs.kind === 'grid' && runs.prompt === 'steps';
  if (mode === 'forced' && (steps || asksSteps)) return 'Steps have to be said: let the model answer.';
  if (steps && (runs.kind === 'file' || asksSteps)) return 'Steps stand beside needles that ask for the answer only.';
  return null;
}

function maskOf({ mask, sinks, recent }: MaskingSettings): Request['masks'][number] {
  return mask === 'stream' ? { kind: mask, sinks, recent } : { kind: mask };
}

/** Steps take more tokens than an answer: theirs is the usual number. */
function withSteps(runs: Request['runs'][number]): Request['runs'][number] {
  if (runs.kind === 'file') return runs;
  const { maxNew: _, ...rest } = runs;
  return { ...rest, prompt: 'steps' };
}
