/** One run of a method, and several as one. */
import type { CircuitRanking } from '../results/circuitBench.ts';
import { Fault } from '../terms/fault.ts';
import type { SettingValues } from '../terms/settings.ts';
import { meanRanks } from './evaluation/meanRanks.ts';
import type { CircuitMethod, CircuitScene, NodeScores, RankOptions } from './method.ts';
import type { Scene } from './scene.ts';

interface Chosen {
  readonly label: string;
  readonly method: CircuitMethod;
  readonly settings: SettingValues;
}

/** Throws Fault where the method gives what is no score, and whatever it throws. */
export async function scoresOf(
  label: string,
  method: CircuitMethod,
  scene: CircuitScene,
  settings: SettingValues,
  options: RankOptions,
): Promise<NodeScores> {
  // The settings were checked against the method's own table.
  const found = await method.rank(scene, settings as Parameters<CircuitMethod['rank']>[1], options);
  const bad = found.scores.find((score) => score !== null && !Number.isFinite(score));
  if (bad === undefined && found.scores.length === scene.nodes.length) return found;
  throw new Fault({
    what: 'scores of nodes that cannot be ranked',
    where: label,
    expected: `${scene.nodes.length} numbers`,
    got: bad === undefined ? String(found.scores.length) : String(bad),
  });
}

export async function rankOnce(
  scene: Scene,
  { label, method, settings }: Chosen,
  { run, ...options }: RankOptions & { readonly run: number },
): Promise<CircuitRanking> {
  const { value, seconds, own } = await scene.priced(() => scoresOf(label, method, scene, settings, options));
  // The rest compute on writes and effects that the scene has timed.
  if (value.backwardPasses > 0 || method.role === 'reference') scene.addModelSeconds(own);
  const { scores, signed, z, forwardPasses, backwardPasses, sharedSeconds = 0 } = value;
  return {
    ...{ kind: 'row', of: 'ranking', method: label, settings, seed: method.seeded ? run : null },
    ...{ scores, signed, z, seconds: seconds + sharedSeconds, forwardPasses, backwardPasses },
  };
}

/** Ranks averaged over runs; seconds of all of them, passes of one, for what runs the model is shared. */
export function meanOfRuns(runs: readonly [CircuitRanking, ...CircuitRanking[]]): CircuitRanking {
  const [first] = runs;
  return {
    ...first,
    seed: 'mean',
    scores: meanRanks(runs.map(({ scores }) => scores)),
    signed: meanOfLists(runs.map(({ signed }) => signed)),
    z: meanOfLists(runs.map(({ z }) => z)),
    seconds: runs.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** Null where a run has none. */
function meanOfLists(lists: readonly (readonly number[] | null)[]): number[] | null {
  const all = lists.filter((list) => list !== null);
  if (all.length < lists.length) return null;
  return (all[0] ?? []).map((_, i) => all.reduce((sum, list) => sum + (list[i] ?? NaN), 0) / all.length);
}
