/** From scores of heads to what a method gives: by the scene's nodes, with z where it was asked for. */
import type { CircuitScene, NodeScores, RankOptions } from '../../engine/circuits/method.ts';
import { numberedRandom } from '../../engine/tensor/random.ts';
import { parseNode } from '../../engine/terms/nodes.ts';
import type { ValuesOf } from '../../engine/terms/settings.ts';
import type { CountedWrites } from './countedWrites.ts';
import { countedWrites } from './countedWrites.ts';
import type { LabelScorer } from './labelScorer.ts';
import { labellingsOf, zScores } from './labelScorer.ts';
import { normalised } from './normalised.ts';
import type { normalisationSettings } from './normalised.ts';
import type { Pace } from './pace.ts';
import type { promptSettings } from './promptChoice.ts';

/** Draws of a seed's parts. */
export const drawOf = { prompts: 1, training: 2, permutations: 3, codes: 4 } as const;

/** Shuffles where heads are ranked by z and no number was asked for. */
const usualPermutations = 200;

type Settings = ValuesOf<typeof normalisationSettings>;

/** Labellings that will be scored: pieces of work of most scorers. */
export function labellingCount({ rankBy }: Pick<Settings, 'rankBy'>, { permutations }: RankOptions): number {
  return 1 + (permutations === 0 && rankBy === 'z' ? usualPermutations : permutations);
}

/** The prompts that are counted, drawn by the seed. */
export function drawnWrites(
  scene: CircuitScene,
  settings: ValuesOf<typeof promptSettings>,
  { seed }: RankOptions,
): Promise<CountedWrites> {
  return countedWrites(scene, settings, numberedRandom(seed, drawOf.prompts));
}

export async function rankedHeads(
  scene: CircuitScene,
  writes: CountedWrites,
  settings: Settings,
  options: RankOptions,
  scorer: LabelScorer,
  pace: Pace,
): Promise<NodeScores> {
  const permutations = labellingCount(settings, options) - 1;
  const random = numberedRandom(options.seed, drawOf.permutations);
  const [scores, ...shuffled] = await scorer(labellingsOf(writes.labels, permutations, random), pace);
  if (scores === undefined) throw new RangeError('head scores: none of the labels as they are');
  const z = permutations === 0 ? null : zScores(scores, shuffled);
  const ranked = settings.rankBy === 'z' && z !== null ? z : scores;
  return nodeScores(scene, normalised(ranked, headsOf(scene), settings.softmax), z, writes);
}

/** Scores [N] of heads by nodes; of an MLP nothing is said. */
export function nodeScores(
  scene: CircuitScene,
  scores: Float64Array,
  z: Float64Array | null,
  { heads, run }: Pick<CountedWrites, 'heads' | 'run'>,
): NodeScores {
  const numbers = headNumbers(scene, heads);
  return {
    scores: numbers.map((head) => (head === null ? null : (scores[head] as number))),
    signed: null,
    // An MLP has none; 0 is what shuffled labels have in the mean.
    z: z === null ? null : numbers.map((head) => (head === null ? 0 : (z[head] as number))),
    forwardPasses: run,
    backwardPasses: 0,
  };
}

/** Of each node which head it is, counted over all; null for an MLP. */
function headNumbers({ nodes }: CircuitScene, heads: number): readonly (number | null)[] {
  let next = 0;
  const numbers = nodes.map((id) => (parseNode(id)?.kind === 'head' ? next++ : null));
  if (next !== heads) throw new RangeError(`head writes: expected ${next} heads, got ${heads}`);
  return numbers;
}

function headsOf({ nodes }: CircuitScene): readonly { readonly layer: number; readonly head: number }[] {
  return nodes.flatMap((id) => {
    const node = parseNode(id);
    return node?.kind === 'head' ? [node] : [];
  });
}
