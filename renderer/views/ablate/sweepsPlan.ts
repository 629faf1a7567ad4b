/** What the chosen settings would start: the job and how many units it measures, or what is in the way. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { JobRequest } from '../../../engine/results/runs.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { allHeads, headsOfLayer } from '../../state/headRefs.ts';
import type { AblationKind, MeasuredOn } from '../../state/workspace.ts';
import { readLayers } from './sweepsLayers.ts';
import type { SweepKind, SweepsSettings } from './sweepsSettings.ts';

export type SweepPlan =
  | { readonly kind: 'ready'; readonly job: JobRequest; readonly units: number }
  | { readonly kind: 'problem'; readonly text: string };

export interface SweepScene {
  readonly shape: HeadShape;
  readonly on: MeasuredOn;
  readonly ablation: AblationKind;
  /** Factor of `scale`. */
  readonly scale: number;
  /** The chosen heads. */
  readonly set: readonly HeadRef[];
  /** The saved sets of this model. */
  readonly saved: readonly (readonly HeadRef[])[];
}

type SetsPlan = RequestOf<'ablateSets'>['sets'];
type UnitKind = RequestOf<'ablate'>['unit'];

/** Heads that a request may name. */
const MOST_HEADS = 1024;

export function planSweep(settings: SweepsSettings, scene: SweepScene): SweepPlan {
  const { kind } = settings;
  if (kind === 'pairs' || kind === 'greedy' || kind === 'list') return planSets(settings, scene);
  if (scene.ablation === 'uniform' && (kind === 'layer' || kind === 'mlp')) {
    return problem('Uniform attention is made in heads: choose another kind for layers and MLPs.');
  }
  const job: JobRequest = { call: 'ablate', request: { ...commonOf(scene), unit: kind } };
  return { kind: 'ready', job, units: unitCount(kind, scene.shape) };
}

function planSets(settings: SweepsSettings, scene: SweepScene): SweepPlan {
  const sets = setsOf(settings, scene);
  if (typeof sets === 'string') return problem(sets);
  return { kind: 'ready', job: { call: 'ablateSets', request: { ...commonOf(scene), sets } }, units: setCount(sets) };
}

function problem(text: string): SweepPlan {
  return { kind: 'problem', text };
}

function commonOf({ on, ablation, scale }: SweepScene) {
  return {
    ...{ ...on, ablation },
    ...(ablation === 'scale' ? { scale } : {}),
    // Prompts may be of unequal length: a mean is then one of positions counted from the end.
    ...(ablation === 'mean' ? { align: 'end' as const } : {}),
  };
}

/** The plan, or in words why there is none. */
function setsOf(settings: SweepsSettings, { shape, set, saved }: SweepScene): SetsPlan | string {
  switch (settings.kind) {
    case 'pairs':
      if (set.length < 2) return 'Put two heads or more into the set: all pairs among them are removed.';
      if (set.length > MOST_HEADS)
        return `The set has ${set.length} heads; pairs of at most ${MOST_HEADS} are measured.`;
      return { kind: 'pairs', heads: set };
    case 'greedy':
      return greedyOf(settings, shape, set);
    default:
      if (saved.length === 0) return 'No set of this model is saved: choose heads and press S.';
      return { kind: 'list', sets: saved };
  }
}

function greedyOf(settings: SweepsSettings, shape: HeadShape, set: readonly HeadRef[]): SetsPlan | string {
  const candidates = settings.from === 'set' ? set : headsIn(settings.layers, shape);
  if (candidates === null) return `Name layers from 0 to ${shape.layers - 1}, such as 0-3, 8.`;
  if (candidates.length === 0) return 'Put heads into the set: each step adds one of them.';
  if (candidates.length > MOST_HEADS) {
    return `These are ${candidates.length} heads; a set is grown from at most ${MOST_HEADS}.`;
  }
  const steps = Math.min(settings.steps, candidates.length);
  return { kind: 'greedy', candidates, steps, choose: settings.choose };
}

function headsIn(text: string, shape: HeadShape): readonly HeadRef[] | null {
  return readLayers(text, shape.layers)?.flatMap((layer) => headsOfLayer(shape, layer)) ?? null;
}

function unitCount(unit: UnitKind, shape: HeadShape): number {
  if (unit === 'head') return allHeads(shape).length;
  return unit === 'kv-group' ? shape.layers * shape.kvHeads : shape.layers;
}

/** k heads alone and k (k − 1) / 2 pairs; each greedy step tries every candidate that is left. */
function setCount(sets: SetsPlan): number {
  switch (sets.kind) {
    case 'pairs':
      return (sets.heads.length * (sets.heads.length + 1)) / 2;
    case 'greedy':
      return sets.steps * sets.candidates.length - (sets.steps * (sets.steps - 1)) / 2;
    case 'list':
      return sets.sets.length;
  }
}

/** What a job of this project sweeps over; null for any other job. */
export function sweepKindOf({ call, request }: JobRequest): SweepKind | null {
  if (call === 'ablate') return request.unit;
  return call === 'ablateSets' ? request.sets.kind : null;
}
