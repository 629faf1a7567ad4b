import type { Against, CircuitMethod, CircuitScene, HeadWrites } from '../method.ts';

const settings = {
  against: {
    kind: 'choice',
    title: 'held against',
    about:
      'which prompts the clean ones are held against; auto: negative ones where every prompt has one, else corrupt ones',
    default: 'auto',
    choices: ['auto', 'negative', 'corrupt'],
  },
} as const;

/** | mean of positive writes - mean of negative writes |, Euclidean, of writes averaged over positions. */
export const meanDifference: CircuitMethod<typeof settings> = {
  id: 'mean-difference',
  title: 'Difference of mean writes',
  about:
    'How far apart the mean writes of a head are on positive and negative prompts. No gradient, no training: what a method that compares the two should beat.',
  source: 'control of this program; the statistic behind difference-in-means probes (Belrose 2023)',
  role: 'control',
  level: 'nodes',
  nodes: ['heads'],
  needs: [],
  seeded: false,
  settings,
  async rank(scene, { against }) {
    const writes = await scene.headWrites(chosen(scene, against));
    const { positive, negative } = writes.prompts;
    return { scores: distances(writes), signed: null, z: null, forwardPasses: positive + negative, backwardPasses: 0 };
  },
};

function chosen({ prompts }: CircuitScene, against: Against | 'auto'): Against {
  if (against !== 'auto') return against;
  return prompts.every(({ negativeIds }) => negativeIds !== null) ? 'negative' : 'corrupt';
}

function distances({ positive, negative, prompts, heads, width }: HeadWrites): number[] {
  const [ours, theirs] = [meanOver(positive, prompts.positive), meanOver(negative, prompts.negative)];
  return Array.from({ length: heads }, (_, head) => {
    let sum = 0;
    for (let d = head * width; d < (head + 1) * width; d++) sum += ((ours[d] as number) - (theirs[d] as number)) ** 2;
    return Math.sqrt(sum);
  });
}

/** [E N D] -> [N D] */
function meanOver(writes: Float32Array, prompts: number): Float64Array {
  const size = writes.length / prompts;
  const mean = new Float64Array(size);
  for (let at = 0; at < writes.length; at++)
    mean[at % size] = (mean[at % size] as number) + (writes[at] as number) / prompts;
  return mean;
}
