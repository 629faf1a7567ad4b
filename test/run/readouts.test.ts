import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import type { Readout } from '../../engine/run/readout.ts';
import { readoutInput } from '../../engine/run/readout.ts';
import type { ReadoutEvent, ReadoutsRequest } from '../../engine/run/readouts.ts';
import { readouts } from '../../engine/run/readouts.ts';
import { axisSize } from '../../engine/tensor/tensor.ts';
import { openGolden, randomIds, rowOf } from './models.ts';

/** Of a pattern: sum over k of A[q, k] (k + 1). Of what heads write: z itself, summed over H. */
const readout: Readout = {
  key: 'places and z',
  build: (g, { pattern, z }) =>
    new Map([
      ['places', g.sum(g.multiply(pattern, g.input(readoutInput('place'), 'K', 'float32', 'dynamic')), 'K')],
      ['z', g.sum(z, 'H')],
    ]),
};

async function collect(model: Model, request: Omit<ReadoutsRequest, 'readout' | 'feeds'>): Promise<ReadoutEvent[]> {
  const events: ReadoutEvent[] = [];
  const feeds: ReadoutsRequest['feeds'] = ({ keys }) => ({
    [readoutInput('place')]: { data: Float32Array.from({ length: keys }, (_, k) => k + 1), shape: [keys] },
  });
  for await (const event of readouts(model, { ...request, readout, feeds })) events.push(event);
  return events;
}

describe.each(['llama-gqa', 'gptNeoX-parallel', 'gemma2-caps', 'mistral-window', 'bloom-alibi'])(
  'readouts of %s',
  (folder) => {
    let model: Model;
    let ids: number[][];
    beforeAll(async () => {
      model = await openGolden(folder);
      ids = [7, 4, 6].map((length, i) => randomIds(model, length, i));
    });
    afterAll(() => model.dispose());

    it.each([512, 3, 1])(
      'are computed of what a forward pass holds, at most %i queries at a time',
      async (maxQueries) => {
        const whole = await model.forward({ ids, capture: [{ site: 'pattern' }, { site: 'z' }], logits: 'none' });
        const events = await collect(model, { ids, maxQueries });
        const chunks = events.filter((event) => event.kind === 'read');
        expect(chunks).toHaveLength(model.family.shape.layers * Math.ceil(7 / maxQueries));
        for (const { layer, chunk, values } of chunks) {
          const [pattern, z] = [whole.get('pattern', layer), whole.get('z', layer)];
          const [heads, slots, width] = [axisSize(pattern, 'N'), axisSize(pattern, 'P'), axisSize(z, 'H')];
          ids.forEach(({ length }, row) => {
            for (let query = chunk.from; query < Math.min(chunk.to, length); query++) {
              for (let head = 0; head < heads; head++) {
                const weights = pattern.data.subarray(((row * heads + head) * slots + query) * slots);
                const places = weights.slice(0, slots).reduce((sum, weight, k) => sum + weight * (k + 1), 0);
                const at = (row * heads + head) * (chunk.to - chunk.from) + query - chunk.from;
                expect(values.get('places')?.data[at]).toBeCloseTo(places, 4);
                const start = ((row * slots + query) * heads + head) * width;
                const sum = z.data.slice(start, start + width).reduce((a, b) => a + b, 0);
                const spot = (row * (chunk.to - chunk.from) + query - chunk.from) * heads + head;
                expect(values.get('z')?.data[spot]).toBeCloseTo(sum, 4);
              }
            }
          });
        }
        expect(events.filter(({ kind }) => kind === 'layer')).toHaveLength(model.family.shape.layers);
      },
    );

    it('end with the logits that were asked for', async () => {
      const { logits } = await model.forward({ ids });
      const events = await collect(model, { ids, logitsAt: [[6, 2], [], [5]], maxQueries: 4 });
      const found = events.filter((event) => event.kind === 'logits');
      expect(found.map(({ row }) => row)).toEqual([0, 2]);
      for (const event of found) {
        (event.row === 0 ? [6, 2] : [5]).forEach((position, i) => {
          const expected = rowOf(logits ?? expect.fail('no logits'), event.row, position, position + 1);
          const values = rowOf(event.logits, 0, i, i + 1);
          values.forEach((value, v) => expect(value).toBeCloseTo(expected[v] ?? NaN, 4));
        });
      }
    });
  },
);
