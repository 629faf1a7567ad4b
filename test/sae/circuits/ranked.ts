/** Methods of the index, by id, run on a scene. */
import type { CircuitScene, NodeScores, RankOptions } from '../../../engine/circuits/method.ts';
import type { SettingValue } from '../../../engine/terms/settings.ts';
import { checkSettings } from '../../../engine/terms/settings.ts';
import { discreteMethods } from '../../../sae/circuits/index.ts';

export function ranked(
  id: string,
  scene: CircuitScene,
  given: Readonly<Record<string, SettingValue>> = {},
  { seed = 0, permutations = 0, onProgress = () => undefined }: Partial<RankOptions> = {},
): Promise<NodeScores> {
  const method = discreteMethods.find((each) => each.id === id);
  if (method === undefined) throw new RangeError(`no method ${id}`);
  const settings = checkSettings(method.settings, given, id);
  return method.rank(scene, settings, { seed, permutations, onProgress });
}
