/** Greedy decoding with the strongest key of every head read at each step: Wu et al. 2024, arXiv 2404.15574, section 2. */
import { CachedRun, lastPosition } from '../../run/cachedRun.ts';
import type { Model } from '../../run/index.ts';
import type { PreparedRun } from '../../tasks/needles/index.ts';
import type { CopyCounts } from './copyTally.ts';
import { CopyTally } from './copyTally.ts';

export interface Generated extends CopyCounts {
  /** The end token, where there was one, is the last. */
  readonly ids: readonly number[];
  readonly ended: boolean;
}

/** Stops at an end token, whose step counts, at `maxNew`, or where the context is full. */
export async function generateCopies(
  model: Model,
  run: PreparedRun,
  { endIds, signal }: { readonly endIds: readonly number[]; readonly signal?: AbortSignal },
): Promise<Generated> {
  const { layers, heads, context } = model.family.shape;
  const options = signal === undefined ? {} : { signal };
  const tally = new CopyTally({ layers, heads });
  const cached = new CachedRun(model);
  // Attention is read of single rows only: the row of the last prompt token produces the first new one.
  const prompt = run.ids.slice(0, -1);
  if (prompt.length > 0) await model.exclusive(() => cached.extend(prompt, options));
  const ids: number[] = [];
  let [last = -1, ended] = [run.ids.at(-1), false];
  for (let step = 0; step < run.maxNew && run.ids.length + step <= context && !ended; step++) {
    const from = last;
    last = await model.exclusive(async () => {
      const stream = await cached.extend([from], { ...options, read: (rows) => tally.add(rows, step) });
      return largest((await cached.logits(lastPosition(stream))).data);
    });
    ids.push(last);
    ended = endIds.includes(last);
  }
  return { ids, ended, ...tally.counts(run, ids) };
}

/** The first of equals. */
function largest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}
