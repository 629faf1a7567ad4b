/** What logits say of the next token at one position. */
import type { Largest } from '../tensor/largestValues.ts';
import { largestValues } from '../tensor/largestValues.ts';

/** Typed arrays over positions, filled a position at a time. */
export interface LogitReadings {
  /** Ids at each position. */
  readonly top: number;
  /** [positions, top], likeliest first. */
  readonly ids: Uint32Array;
  readonly probabilities: Float32Array;
  /** [positions], nats: -sum p log p. */
  readonly entropy: Float32Array;
  /** [positions, targets] */
  readonly targetProbabilities: Float32Array;
  /** Natural log. */
  readonly targetLogProbabilities: Float32Array;
  /** 1 is the likeliest; of equal logits the lower id comes first. */
  readonly targetRanks: Uint32Array;
}

export function emptyReadings(positions: number, top: number, targets: number): LogitReadings {
  return {
    top,
    ids: new Uint32Array(positions * top),
    probabilities: new Float32Array(positions * top),
    entropy: new Float32Array(positions),
    targetProbabilities: new Float32Array(positions * targets),
    targetLogProbabilities: new Float32Array(positions * targets),
    targetRanks: new Uint32Array(positions * targets),
  };
}

/** logits: the V values at one position. */
export function readLogits(
  logits: Float32Array,
  targets: readonly number[],
  readings: LogitReadings,
  position: number,
): void {
  const { top, ids, probabilities } = readings;
  const largest: Largest = { indices: ids, values: probabilities };
  largestValues(logits, top, largest, position * top);
  const { logMass, entropy } = partition(logits, probabilities[position * top] as number);
  readings.entropy[position] = entropy;
  for (let i = position * top; i < (position + 1) * top; i++) {
    probabilities[i] = Math.exp((probabilities[i] as number) - logMass);
  }
  targets.forEach((id, i) => {
    const at = position * targets.length + i;
    const logProbability = (logits[id] as number) - logMass;
    readings.targetLogProbabilities[at] = logProbability;
    readings.targetProbabilities[at] = Math.exp(logProbability);
    readings.targetRanks[at] = rankOf(logits, id);
  });
}

/** log sum exp l, and H = log sum exp l - sum p l, in float64 with l from the largest. */
function partition(logits: Float32Array, largest: number): { logMass: number; entropy: number } {
  let [mass, weighted] = [0, 0];
  for (let i = 0; i < logits.length; i++) {
    const shifted = (logits[i] as number) - largest;
    const share = Math.exp(shifted);
    mass += share;
    // A masked-out token (logit -Infinity) adds nothing: 0 log 0 = 0.
    if (share !== 0) weighted += share * shifted;
  }
  const logMass = Math.log(mass);
  return { logMass: largest + logMass, entropy: Math.max(0, logMass - weighted / mass) };
}

function rankOf(logits: Float32Array, id: number): number {
  const own = logits[id] as number;
  let rank = 1;
  for (let i = 0; i < logits.length; i++) {
    const other = logits[i] as number;
    if (other > own || (other === own && i < id)) rank++;
  }
  return rank;
}
