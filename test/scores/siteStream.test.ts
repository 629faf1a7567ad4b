import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import { siteStream } from '../../engine/scores/siteStream.ts';
import { joinAxis } from '../../engine/tensor/positions.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { maxDifference, openGolden, randomIds } from '../run/models.ts';

async function streamed(model: Model, ids: readonly number[], maxQueries: number) {
  const z: Tensor[][] = [];
  const chunks: number[] = [];
  const ends: Partial<Record<'embed' | 'end', Tensor>> = {};
  for await (const event of siteStream(model, { ids: [ids], sites: ['z'], maxQueries })) {
    if (event.kind !== 'sites') ends[event.kind] = event.stream;
    else {
      const own = event.sites.get('z');
      if (own !== undefined) (z[event.layer] ??= []).push(own);
      if (event.layer === 0) chunks.push(event.from);
    }
  }
  return { z: z.map((parts) => joinAxis(parts, 'P')), chunks, ends };
}

describe.each(['llama-gqa', 'mistral-window', 'bloom-alibi'])('sites streamed in %s', (folder) => {
  let model: Model;
  beforeAll(async () => {
    model = await openGolden(folder);
  });
  afterAll(() => model.dispose());

  it('are those of a forward pass, however the prompt is cut', async () => {
    const ids = randomIds(model, 10, 4);
    const { layers } = model.family.shape;
    const capture = [{ site: 'z' }, { site: 'residPost' }, { site: 'embed' }] as const;
    const whole = await model.forward({ ids: [ids], capture, logits: 'none' });
    for (const maxQueries of [3, 10]) {
      const { z, chunks, ends } = await streamed(model, ids, maxQueries);
      expect(chunks).toEqual(maxQueries === 3 ? [0, 3, 6, 9] : [0]);
      for (const [layer, found] of z.entries()) expect(maxDifference(found, whole.get('z', layer))).toBeLessThan(1e-5);
      const { embed, end } = ends;
      if (embed === undefined || end === undefined) throw new RangeError('the stream has no ends');
      expect(maxDifference(embed, whole.get('embed'))).toBe(0);
      expect(maxDifference(end, whole.get('residPost', layers - 1))).toBeLessThan(1e-5);
    }
  });
});
