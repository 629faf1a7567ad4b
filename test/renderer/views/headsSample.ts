/** A measure of a small model: two layers of four heads, two KV groups each. */
import type { HeadMeasure } from '../../../renderer/api/measuresOfRun.ts';
import type { HeadShape } from '../../../renderer/marks/headShape.ts';

export const heads: HeadShape = { layers: 2, heads: 4, kvHeads: 2 };

export function measureOf(values: readonly number[], change: Partial<HeadMeasure> = {}): HeadMeasure {
  return {
    id: 'run/effect',
    run: 'run',
    call: 'ablate',
    kind: 'effect',
    family: 'effects',
    title: 'Zero ablation, Δ logit difference',
    short: 'zero',
    unit: 'logits',
    range: null,
    signed: true,
    direction: 'higher',
    about: 'edited − clean',
    formula: '',
    source: '',
    rule: 'E1',
    dataset: 'ioi',
    n: 64,
    samples: 'prompts',
    of: 'head',
    uniform: null,
    layers: 2,
    heads: 4,
    values: Float32Array.from(values),
    low: Float32Array.from(values, (value) => value - 0.5),
    high: Float32Array.from(values, (value) => value + 0.5),
    ...change,
  };
}
