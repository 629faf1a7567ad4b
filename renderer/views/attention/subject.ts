/** What the engine is asked about: a prompt under edits, and what of its attention is measured. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { Edit } from '../../../engine/terms/edits.ts';

/** What all requests about it have in common. */
export type Subject = Pick<
  RequestOf<'attentionTile'>,
  'model' | 'weights' | 'prompt' | 'edits' | 'measure' | 'skipKeys'
>;

/** A head looked at on a subject. */
export interface Side {
  readonly subject: Subject;
  readonly head: HeadRef;
}

/** Heads out of the model: z = 0, one edit a layer. */
export function zeroEdits(heads: readonly HeadRef[]): readonly Edit[] {
  const layers = [...new Set(heads.map(({ layer }) => layer))].sort((a, b) => a - b);
  return layers.map((layer) => ({
    site: 'z',
    layers: [layer],
    heads: heads.filter((head) => head.layer === layer).map(({ head }) => head),
    operation: { kind: 'zero' },
  }));
}
