/** How much a head writes, whatever it is. */
import type { CircuitMethod } from '../../../engine/circuits/method.ts';
import type { CountedWrites } from '../countedWrites.ts';
import { drawnWrites, nodeScores } from '../headRanking.ts';
import { Pace } from '../pace.ts';
import { promptSettings } from '../promptChoice.ts';

export const writeNorm: CircuitMethod<typeof promptSettings> = {
  id: 'write-norm',
  title: 'Write norm',
  about:
    'Mean length of a head’s mean write, over positive and negative prompts: labels play no part in it. Codes of one ' +
    'autoencoder for all heads partly rank by it.',
  source: 'no paper; spec of the score’s confounds',
  role: 'control',
  level: 'nodes',
  nodes: ['heads'],
  needs: ['negative'],
  seeded: false,
  settings: promptSettings,
  async rank(scene, settings, options) {
    const writes = await drawnWrites(scene, settings, options);
    const pace = new Pace(scene.signal, options.onProgress, writes.prompts);
    return nodeScores(scene, await meanNorms(writes, pace), null, writes);
  },
};

/** [N] (1/E) sum over prompts of |x| */
async function meanNorms({ heads, width, prompts, of }: CountedWrites, pace: Pace): Promise<Float64Array> {
  const norms = new Float64Array(heads);
  for (let prompt = 0; prompt < prompts; prompt++) {
    const write = of(prompt);
    for (let head = 0; head < heads; head++) {
      let square = 0;
      for (let at = head * width; at < (head + 1) * width; at++) square += (write[at] as number) ** 2;
      norms[head] = (norms[head] as number) + Math.sqrt(square) / prompts;
    }
    await pace.advance();
  }
  return norms;
}
