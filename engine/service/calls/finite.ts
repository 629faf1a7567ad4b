/** What to say where a model gives values that are no numbers. */
import { usedTensors } from '../../arch/checkWeights.ts';
import { verifyTensors } from '../../files/verifyTensors.ts';
import type { Model } from '../../run/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { Summary } from '../../terms/summary.ts';

/** Throws Fault where a value is not finite: it names the first weight that is not, or `what` where all of them are. */
export async function requireFinite(
  model: Model,
  what: string,
  values: Float32Array | readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const got = values.find((value) => !Number.isFinite(value));
  if (got === undefined) return;
  const { files, family } = model;
  const [weight] = await verifyTensors({ tensors: usedTensors(family, files.tensors) }, undefined, signal);
  throw (
    weight ??
    new Fault({
      what: `${what}: a value is not finite though every weight is`,
      where: files.path,
      expected: 'numbers that float32 can hold',
      got: String(got),
    })
  );
}

/** All that a summary holds which may not be finite. */
export function numbersOf(summaries: readonly Summary[]): readonly number[] {
  return summaries.flatMap(({ mean, standardError, interval }) => [mean, standardError, ...interval]);
}
