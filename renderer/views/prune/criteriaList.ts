/** The criteria that can be asked for, before any run has said what they are: the engine's own list, in its order. */
import type { ImportanceHeader } from '../../../engine/results/importance.ts';

type Unit = ImportanceHeader['unit'];

export type CriterionGroup = 'removal' | 'gradient' | 'activity' | 'control';

export interface CriterionChoice {
  readonly id: string;
  readonly title: string;
  readonly group: CriterionGroup;
  /** Of heads and KV groups always. */
  readonly others: readonly Unit[];
}

/** What is measured by removal is importance; everything else has its own name. */
export const groupTitles: Readonly<Record<CriterionGroup, string>> = {
  removal: 'Importance, measured by removal',
  gradient: 'Estimates of it from gradients',
  activity: 'Sizes, not importance',
  control: 'Control',
};

const both = ['layer', 'mlp'] as const;

export const criteriaList: readonly CriterionChoice[] = [
  { id: 'zero', title: 'Loss without it (zero ablation)', group: 'removal', others: both },
  { id: 'mean', title: 'Loss with its mean (mean ablation)', group: 'removal', others: both },
  { id: 'kl', title: 'Divergence without it', group: 'removal', others: both },
  { id: 'michel', title: 'Gate gradient', group: 'gradient', others: both },
  { id: 'taylor', title: 'First-order Taylor', group: 'gradient', others: both },
  { id: 'writeNorm', title: 'Write norm', group: 'activity', others: both },
  { id: 'wanda', title: 'Wanda, structured', group: 'activity', others: ['mlp'] },
  { id: 'wifv', title: 'Fluctuation of its channels (WIFV)', group: 'activity', others: ['mlp'] },
  { id: 'flap', title: 'FLAP', group: 'activity', others: [] },
  { id: 'minitron', title: 'Activation (Minitron)', group: 'activity', others: ['mlp'] },
  { id: 'shapley', title: 'Shapley value', group: 'removal', others: both },
  { id: 'random', title: 'Random (control)', group: 'control', others: both },
];

export function criteriaOf(unit: Unit): readonly CriterionChoice[] {
  return criteriaList.filter(({ others }) => unit === 'head' || unit === 'kv-group' || others.includes(unit));
}

export function criterionTitle(id: string): string {
  return criteriaList.find((one) => one.id === id)?.title ?? id;
}
