/** The open model's values at the sites that matter most, against the float64 pass over the same prompt. */
import { sitesOf } from '../../arch/sites.ts';
import { usedTensors } from '../../arch/checkWeights.ts';
import { sliceAxis } from '../../tensor/positions.ts';
import { Fault } from '../../terms/fault.ts';
import type { Site } from '../../terms/sites.ts';
import type { Activations } from '../forward.ts';
import { freeMemory } from '../memory.ts';
import type { Model } from '../model.ts';
import type { Float64Values } from './float64Pass.ts';
import { float64Pass, float64PassBytes } from './float64Pass.ts';
import { parityBound } from './parityBound.ts';
import type { SiteDifference } from './siteDifference.ts';
import { siteDifference } from './siteDifference.ts';

const comparedInBlocks: readonly Site[] = ['residPre', 'q', 'k', 'v', 'scores', 'pattern', 'z', 'residPost'];
const comparedAfter: readonly Site[] = ['finalNorm', 'logits'];

/** At most: the reference takes time for each. */
const MOST_TOKENS = 16;

export interface ComparedPlace extends SiteDifference {
  readonly site: Site;
  readonly layer: number | null;
  readonly bound: number;
}

export interface ParityStep {
  /** Blocks, and positions of the unembedding. */
  readonly done: number;
  readonly total: number;
  /** The places that this step completed. */
  readonly places: readonly ComparedPlace[];
}

/**
 * Block by block, then the logits position by position. The stream of the reference is its own from the embedding on, so
 * differences add up as they do in the runtime. Throws Fault for a prompt too long, or where memory can't hold one part more.
 */
export async function* compareWithFloat64(
  model: Model,
  ids: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<ParityStep, void, void> {
  requireFew(ids);
  requireRoom(model);
  const has = sitesOf(model.family);
  const sites = {
    block: comparedInBlocks.filter((site) => has.includes(site)),
    unembed: comparedAfter.filter((site) => has.includes(site)),
  };
  const capture = [...sites.block, ...sites.unembed].map((site) => ({ site }));
  const run = await model.forward({ ids: [ids], capture, logits: 'none', signal });
  const total = model.family.shape.layers + ids.length;
  const bounded = { parameters: parametersOf(model), weights: model.weights };
  const ends = new Map<Site, SiteDifference>();
  let done = 0;
  for await (const step of float64Pass({ files: model.files, family: model.family, ids, sites, signal })) {
    const found = differences(step, run);
    if (step.kind === 'unembed') for (const [site, at] of found) ends.set(site, larger(ends.get(site), at));
    done++;
    const layer = step.kind === 'block' ? step.layer : null;
    const complete = step.kind === 'block' ? found : done === total ? ends : new Map<Site, SiteDifference>();
    const places = [...complete].map(([site, at]) => ({
      ...{ site, layer, ...at },
      bound: parityBound(site, at.magnitude, bounded),
    }));
    yield { done, total, places };
  }
}

function differences(step: Float64Values, run: Activations): Map<Site, SiteDifference> {
  const entry = ([site, reference]: readonly [Site, Parameters<typeof siteDifference>[0]]) => {
    const value =
      step.kind === 'block'
        ? run.get(site, step.layer)
        : sliceAxis(run.get(site), 'P', step.position, step.position + 1);
    return [site, siteDifference(reference, value)] as const;
  };
  return new Map([...step.values].map(entry));
}

function larger(a: SiteDifference | undefined, b: SiteDifference): SiteDifference {
  return {
    difference: Math.max(a?.difference ?? 0, b.difference),
    magnitude: Math.max(a?.magnitude ?? 0, b.magnitude),
  };
}

function requireFew(ids: readonly number[]): void {
  if (ids.length <= MOST_TOKENS) return;
  const [expected, got] = [`at most ${MOST_TOKENS} tokens`, `${ids.length}`];
  throw new Fault({ what: 'prompt too long for the float64 reference, which is slow', expected, got });
}

function requireRoom({ family, files }: Model): void {
  const [needed, free] = [float64PassBytes(family), freeMemory()];
  if (needed <= free) return;
  const gigabytes = (value: number) => `${(value / 1e9).toFixed(2)} GB`;
  throw new Fault({
    what: 'the weights of one layer do not fit in memory a second time',
    where: files.path,
    expected: `at most ${gigabytes(free)}, which is free`,
    got: gigabytes(needed),
  });
}

function parametersOf({ family, files }: Model): number {
  const tensors = [...usedTensors(family, files.tensors).values()];
  return tensors.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}
