/** Which heads are masked together: the first k of a ranking, as many others of the same layers, the last k. */
import type { ModelShape } from '../../../arch/architecture.ts';
import type { Random } from '../../../tensor/random.ts';
import { seededRandom } from '../../../tensor/random.ts';
import { Fault } from '../../../terms/fault.ts';
import type { HeadPlace } from '../../unitSet.ts';

export interface MaskSet {
  readonly set: 'top' | 'random' | 'bottom';
  readonly k: number;
  /** Which of the random sets of this k, from 0. */
  readonly draw: number | null;
  readonly heads: readonly HeadPlace[];
}

export interface MaskSetsRequest {
  readonly shape: Pick<ModelShape, 'layers' | 'heads'>;
  /** Best first. */
  readonly ranking: readonly HeadPlace[];
  readonly ks: readonly number[];
  /** Random sets for each k, each drawn anew. */
  readonly draws: number;
  readonly seed: number;
}

export interface MaskSets {
  readonly sets: readonly MaskSet[];
  /** What could not be had as asked, in lines. */
  readonly notes: readonly string[];
}

/**
 * In the order of `ks`, each top, random, bottom. A random set has none of the top k and, layer by layer, as many heads as
 * these; where a layer has too few others they come from other layers, which is noted. The bottom needs a ranking of all heads.
 * Throws Fault for heads that the model lacks or that stand twice, and where no k can be had.
 */
export function maskSets(request: MaskSetsRequest): MaskSets {
  checkRanking(request);
  const random = seededRandom(request.seed);
  const sets: MaskSet[] = [];
  const notes: string[] = [];
  for (const k of sortedKs(request.ks)) {
    if (k > request.ranking.length) {
      notes.push(`k = ${k} was left out: the ranking has ${request.ranking.length} heads`);
      continue;
    }
    sets.push({ set: 'top', k, draw: null, heads: request.ranking.slice(0, k) });
    sets.push(...randomSets(request, k, random, notes));
    sets.push(...bottomSet(request, k, notes));
  }
  if (sets.length > 0) return { sets, notes };
  const expected = `1 to ${request.ranking.length}, the heads of the ranking`;
  throw new Fault({ what: 'no set to mask', where: 'k', expected, got: request.ks.join(', ') });
}

/** Without 0, which is the model as it is. */
function sortedKs(ks: readonly number[]): number[] {
  return [...new Set(ks)].filter((k) => k > 0).sort((a, b) => a - b);
}

function randomSets(request: MaskSetsRequest, k: number, random: Random, notes: string[]): MaskSet[] {
  const { shape, ranking, draws } = request;
  const others = outside(shape, ranking.slice(0, k));
  if (draws > 0 && others.length < k) {
    notes.push(`k = ${k} has no random sets: ${others.length} heads are left outside the top ${k}`);
    return [];
  }
  const elsewhere = missing(ranking.slice(0, k), others);
  if (draws > 0 && elsewhere > 0)
    notes.push(
      `k = ${k}: ${elsewhere} heads of each random set are of other layers, for theirs have too few outside the top`,
    );
  const sets = Array.from({ length: draws }, (_, draw) => ({
    ...({ set: 'random', k, draw } as const),
    heads: drawn(ranking.slice(0, k), others, random),
  }));
  const different = new Set(sets.map(({ heads }) => heads.map(nameOf).join())).size;
  if (different < draws) notes.push(`k = ${k}: the ${draws} random sets are ${different} different ones`);
  return sets;
}

/** How many heads of the top have no counterpart in their layer. */
function missing(top: readonly HeadPlace[], others: readonly HeadPlace[]): number {
  const layers = new Set(top.map(({ layer }) => layer));
  const short = (layer: number) => countOf(top, layer) - countOf(others, layer);
  return [...layers].reduce((total, layer) => total + Math.max(0, short(layer)), 0);
}

function countOf(heads: readonly HeadPlace[], layer: number): number {
  return heads.filter((head) => head.layer === layer).length;
}

/** Layer by layer as many as the top has, then what is missing from any layer. */
function drawn(top: readonly HeadPlace[], others: readonly HeadPlace[], random: Random): HeadPlace[] {
  const left = random.shuffled(others);
  const chosen = new Set<HeadPlace>();
  for (const { layer } of top) {
    const found = left.find((head) => head.layer === layer && !chosen.has(head));
    if (found !== undefined) chosen.add(found);
  }
  for (const head of left) {
    if (chosen.size >= top.length) break;
    chosen.add(head);
  }
  return [...chosen].sort((a, b) => a.layer - b.layer || a.head - b.head);
}

function bottomSet({ shape, ranking }: MaskSetsRequest, k: number, notes: string[]): MaskSet[] {
  const all = shape.layers * shape.heads;
  if (ranking.length < all) {
    const note = `there is no bottom: the ranking has ${ranking.length} of ${all} heads`;
    if (!notes.includes(note)) notes.push(note);
    return [];
  }
  if (2 * k > all) {
    notes.push(`k = ${k} has no bottom: it would share heads with the top`);
    return [];
  }
  return [{ set: 'bottom', k, draw: null, heads: ranking.slice(-k).reverse() }];
}

function outside({ layers, heads }: MaskSetsRequest['shape'], top: readonly HeadPlace[]): HeadPlace[] {
  const taken = new Set(top.map(nameOf));
  return Array.from({ length: layers }, (_, layer) => Array.from({ length: heads }, (__, head) => ({ layer, head })))
    .flat()
    .filter((place) => !taken.has(nameOf(place)));
}

function checkRanking({ shape, ranking }: MaskSetsRequest): void {
  const seen = new Set<string>();
  for (const head of ranking) {
    if (head.layer >= shape.layers || head.head >= shape.heads) {
      const expected = `L0H0 to L${shape.layers - 1}H${shape.heads - 1}`;
      throw new Fault({ what: 'a head that the model lacks', where: 'ranking', expected, got: nameOf(head) });
    }
    if (seen.has(nameOf(head)))
      throw new Fault({ what: 'a head twice in the ranking', expected: 'once', got: nameOf(head) });
    seen.add(nameOf(head));
  }
}

function nameOf({ layer, head }: HeadPlace): string {
  return `L${layer}H${head}`;
}
