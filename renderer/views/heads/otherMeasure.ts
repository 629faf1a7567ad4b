/** Which measure stands beside another by itself, before the user chooses one. */
import type { HeadMeasure } from '../../api/measuresOfRun.ts';

/**
 * Beside an exact effect its estimate on the same prompts, beside an estimate the exact effect, else the newest measure of
 * another kind. Null where there is no second one.
 */
export function proposedSecond(list: readonly HeadMeasure[], measure: HeadMeasure): HeadMeasure | null {
  const others = list.filter(({ id }) => id !== measure.id);
  return (
    others.find((other) => isSameQuantity(measure, other) && other.call !== measure.call && other.of === measure.of) ??
    // A second run of the very same would agree with itself and say nothing.
    others.find((other) => isSameQuantity(measure, other) && other.short !== measure.short) ??
    others.find(({ short, of }) => short !== measure.short && of === measure.of) ??
    others.find(({ short }) => short !== measure.short) ??
    others[0] ??
    null
  );
}

/** Do both say by how much the same metric changes on the same prompts? Then the line y = x means agreement. */
export function isSameQuantity(a: HeadMeasure, b: HeadMeasure): boolean {
  const isEffect = isOfMetric(a) && isOfMetric(b) && a.signed && b.signed;
  return isEffect && a.unit === b.unit && a.dataset === b.dataset && quantityOf(a) === quantityOf(b);
}

function isOfMetric({ call }: Pick<HeadMeasure, 'call'>): boolean {
  return call === 'ablate' || call === 'attribute';
}

/** `Δ logit difference` of `Zero ablation, Δ logit difference`; a score or a criterion is its own. */
export function quantityOf(measure: Pick<HeadMeasure, 'call' | 'title'>): string {
  return isOfMetric(measure) ? (measure.title.split(', ').at(-1) ?? measure.title) : measure.title;
}

/** The same measure of heads where KV groups are shown, and the other way round; else any of that unit. */
export function counterpart(
  list: readonly HeadMeasure[],
  measure: HeadMeasure | null,
  of: HeadMeasure['of'],
): HeadMeasure | null {
  const fitting = list.filter((other) => other.of === of);
  return (
    fitting.find((other) => other.call === measure?.call && kindOf(other) === kindOf(measure)) ??
    fitting.find(({ call }) => call === measure?.call) ??
    fitting[0] ??
    null
  );
}

/** `zero` of `zero KV`. */
function kindOf({ short }: HeadMeasure): string {
  return short.replace(' KV', '');
}
