/** What the chip and the Models place say about parity: of the family, and of the model in memory. */
import type { ResultOf } from '../../engine/results/contract.ts';
import type { ParityPlace } from '../../engine/results/parity.ts';
import { relativeDifference } from '../../engine/results/parity.ts';

type Info = Pick<ResultOf<'info'>, 'parity' | 'architecture'>;

/** `2.2e−5` */
export function formatDifference(value: number): string {
  if (value === 0) return '0';
  return value < 1e-2 ? value.toExponential(1).replace('-', '\u2212') : value.toPrecision(2);
}

export function parityBadge({ worst }: NonNullable<Info['parity']>): string {
  return `parity ${formatDifference(worst)}`;
}

/** Exactly what the badge is. */
export function parityAbout({ parity, architecture: { title } }: Info): string {
  if (parity === null) return `The ${title} family has no checkpoints that its programs were compared on.`;
  const { worst, site, fixtures, reference } = parity;
  const where = `at any site of ${fixtures} tiny random checkpoints of the ${title} family`;
  return `Parity ${formatDifference(worst)}: the largest absolute difference ${where} from ${reference}, found at ${site}. It is the family’s worst, and says nothing about this file.`;
}

export function verifiedBadge({ verdict, worst }: ResultOf<'parity'>): string {
  return verdict === 'agrees' ? `verified ${formatDifference(relativeDifference(worst))}` : 'differs from reference';
}

/** Where, how far, and what it means. */
export function verifiedAbout({ verdict, worst, over, tokens }: ResultOf<'parity'>): string {
  const far = `${formatDifference(relativeDifference(worst))} of the site’s largest value, at ${placeName(worst)}`;
  if (verdict === 'agrees')
    return `Verified in this session: on ${tokens} tokens this model in ONNX Runtime is within ${far}, of the same graphs in float64.`;
  const more = over.length > 3 ? ` and ${over.length - 3} more` : '';
  return `Differs from the same graphs in float64 at ${over.slice(0, 3).map(placeName).join(', ')}${more}; farthest by ${far}.`;
}

/** `L3.q`, `logits` */
function placeName({ site, layer }: ParityPlace): string {
  return layer === null ? site : `L${layer}.${site}`;
}
