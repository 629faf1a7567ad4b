import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import type { PatternEvent, PatternsRequest } from '../../engine/run/patterns.ts';
import { patterns } from '../../engine/run/patterns.ts';
import { norms } from '../../engine/tensor/norms.ts';
import { sliceAxis } from '../../engine/tensor/positions.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { axisSize } from '../../engine/tensor/tensor.ts';
import { openGolden, randomIds, rowOf } from './models.ts';

async function collect(model: Model, request: PatternsRequest): Promise<PatternEvent[]> {
  const events: PatternEvent[] = [];
  for await (const event of patterns(model, request)) events.push(event);
  return events;
}

/** Row b of a pattern [B N P K] that begins at query `from`: its weights from queries to keys below `to`. */
function weights(x: Tensor, b: number, from: number, to: number): number[] {
  const [heads, queries, keys] = [axisSize(x, 'N'), axisSize(x, 'P'), axisSize(x, 'K')];
  const found: number[] = [];
  for (let n = 0; n < heads; n++)
    for (let p = 0; p < queries && from + p < to; p++)
      for (let k = 0; k <= from + p; k++) found.push(x.data[((b * heads + n) * queries + p) * keys + k] ?? NaN);
  return found;
}

describe.each(['llama-gqa', 'gptNeoX-parallel', 'gemma2-caps', 'mistral-window'])('patterns of %s', (folder) => {
  let model: Model;
  let ids: number[][];
  beforeAll(async () => {
    model = await openGolden(folder);
    ids = [7, 4, 6].map((length, i) => randomIds(model, length, i));
  });
  afterAll(() => model.dispose());

  it.each([512, 3, 1])('are those of a forward pass, %i queries at a time', async (maxQueries) => {
    const whole = await model.forward({ ids, capture: [{ site: 'pattern' }], logits: 'none' });
    const events = await collect(model, { ids, maxQueries });
    const chunks = events.filter((event) => event.kind === 'pattern');
    expect(chunks).toHaveLength(model.family.shape.layers * Math.ceil(7 / maxQueries));
    for (const { layer, from, pattern } of chunks) {
      ids.forEach(({ length }, row) => {
        const full = sliceAxis(whole.get('pattern', layer), 'P', from, from + axisSize(pattern, 'P'));
        const [found, wanted] = [weights(pattern, row, from, length), weights(full, row, from, length)];
        found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] ?? NaN, 5));
        expect(found).toHaveLength(wanted.length);
      });
    }
    expect(events.filter(({ kind }) => kind === 'layer')).toHaveLength(model.family.shape.layers);
  });

  it.each([512, 3])(
    'come with the lengths of what heads write where asked for, %i queries at a time',
    async (maxQueries) => {
      const capture = [{ site: 'headWrite' }, { site: 'residPre' }] as const;
      const whole = await model.forward({ ids, capture, logits: 'none' });
      const events = await collect(model, { ids, maxQueries, writes: true });
      for (const { layer, from, norms: found } of events.filter((event) => event.kind === 'pattern')) {
        if (found === null) throw new Error('no norms');
        const to = from + axisSize(found.residPre, 'P');
        const wanted = [whole.get('headWrite', layer), whole.get('residPre', layer)].map(norms);
        [found.write, found.residPre].forEach((lengths, i) => {
          ids.forEach(({ length }, row) => {
            const own = rowOf(lengths, row, 0, Math.min(to, length) - from);
            const expected = rowOf(wanted[i] ?? lengths, row, from, Math.min(to, length));
            own.forEach((value, at) => expect(value).toBeCloseTo(expected[at] ?? NaN, 4));
          });
        });
      }
      const [plain] = await collect(model, { ids });
      expect(plain).toMatchObject({ kind: 'pattern', norms: null });
    },
  );

  it('end with the logits that were asked for', async () => {
    const { logits } = await model.forward({ ids });
    const events = await collect(model, { ids, logitsAt: [[6, 2], [], [5]], maxQueries: 4 });
    const found = events.filter((event) => event.kind === 'logits');
    expect(found.map(({ row }) => row)).toEqual([0, 2]);
    for (const event of found) {
      const positions = event.row === 0 ? [6, 2] : [5];
      positions.forEach((position, i) => {
        const expected = rowOf(logits ?? expect.fail('no logits'), event.row, position, position + 1);
        const values = rowOf(event.logits, 0, i, i + 1);
        values.forEach((value, v) => expect(value).toBeCloseTo(expected[v] ?? NaN, 4));
      });
    }
  });
});
