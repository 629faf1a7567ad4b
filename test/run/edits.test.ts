import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activations, Model } from '../../engine/run/index.ts';
import type { Edit } from '../../engine/terms/edits.ts';
import type { Site } from '../../engine/terms/sites.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { maxDifference, openGolden, randomIds } from './models.ts';

const P = 8;

describe('edits of a model with grouped heads', () => {
  let model: Model;
  let ids: number[][];
  let clean: Activations;
  const all: readonly Site[] = [
    'residPre',
    'q',
    'k',
    'v',
    'scores',
    'pattern',
    'z',
    'headWrite',
    'attnOut',
    'residMid',
    'mlpPre',
    'mlpAct',
    'mlpOut',
    'residPost',
  ];
  const run = (edits: readonly Edit[]) => model.forward({ ids, edits, capture: all.map((site) => ({ site })) });
  const value = (x: Tensor) => ({
    axes: x.axes.map(({ axis }) => axis).join(' '),
    shape: x.axes.map(({ size }) => size),
    data: x.data,
  });

  beforeAll(async () => {
    model = await openGolden('llama-gqa');
    ids = [randomIds(model, P, 1), randomIds(model, P, 2)];
    clean = await run([]);
  });
  afterAll(() => model.dispose());

  const at = (x: Tensor, ...index: number[]) =>
    x.data[index.reduce((flat, i, axis) => flat * (x.axes[axis]?.size ?? 1) + i, 0)] ?? NaN;

  it.each(all)('leave everything before %s alone, and the site shows the value after its edit', async (site) => {
    const edited = await run([{ site, layers: [1], operation: { kind: 'scale', by: 0.5 } }]);
    const original = clean.get(site, 1);
    const halved = { ...original, data: original.data.map((x) => x / 2) };
    expect(maxDifference(edited.get(site, 1), halved)).toBeLessThan(2e-5);
    for (const earlier of all) expect(maxDifference(edited.get(earlier, 0), clean.get(earlier, 0))).toBe(0);
    expect(maxDifference(edited.get('residPost', 1), clean.get('residPost', 1))).toBeGreaterThan(1e-4);
  });

  it('zero of one head of z takes exactly that head out of the attention output', async () => {
    const edited = await run([{ site: 'z', layers: [0], heads: [1], operation: { kind: 'zero' } }]);
    const [before, after, write] = [clean.get('attnOut', 0), edited.get('attnOut', 0), clean.get('headWrite', 0)];
    for (const [b, p, d] of [
      [0, 0, 0],
      [0, 5, 3],
      [1, 7, 2],
    ] as const) {
      expect(at(after, b, p, d)).toBeCloseTo(at(before, b, p, d) - at(write, b, p, 1, d), 5);
    }
  });

  it('zero of a head at headWrite is zero of that head at z', async () => {
    const byZ = await run([{ site: 'z', layers: [0], heads: [1], operation: { kind: 'zero' } }]);
    const byWrite = await run([{ site: 'headWrite', layers: [0], heads: [1], operation: { kind: 'zero' } }]);
    expect(maxDifference(byWrite.get('residPost', 1), byZ.get('residPost', 1))).toBeLessThan(2e-5);
  });

  it('mask takes a key from a query and the rest of the row renormalises; zero at pattern does not', async () => {
    const where = { layers: [1], heads: [0], positions: [-1], keys: [2] };
    const masked = (await run([{ site: 'scores', ...where, operation: { kind: 'mask' } }])).get('pattern', 1);
    const zeroed = (await run([{ site: 'pattern', ...where, operation: { kind: 'zero' } }])).get('pattern', 1);
    const original = clean.get('pattern', 1);
    const lost = at(original, 0, 0, P - 1, 2);
    expect(at(masked, 0, 0, P - 1, 2)).toBe(0);
    expect(at(masked, 0, 0, P - 1, 4)).toBeCloseTo(at(original, 0, 0, P - 1, 4) / (1 - lost), 5);
    expect(at(zeroed, 0, 0, P - 1, 2)).toBe(0);
    expect(at(zeroed, 0, 0, P - 1, 4)).toBeCloseTo(at(original, 0, 0, P - 1, 4), 6);
    expect(at(masked, 0, 1, P - 1, 2)).toBeCloseTo(at(original, 0, 1, P - 1, 2), 6);
  });

  it('mix moves the pattern towards identity or towards equal weight on the visible keys', async () => {
    const original = clean.get('pattern', 0);
    const identity = (
      await run([{ site: 'pattern', layers: [0], operation: { kind: 'mix', towards: 'identity', share: 0.25 } }])
    ).get('pattern', 0);
    const uniform = (
      await run([{ site: 'pattern', layers: [0], operation: { kind: 'mix', towards: 'uniform', share: 1 } }])
    ).get('pattern', 0);
    expect(at(identity, 1, 2, 3, 3)).toBeCloseTo(0.75 * at(original, 1, 2, 3, 3) + 0.25, 5);
    expect(at(identity, 1, 2, 3, 1)).toBeCloseTo(0.75 * at(original, 1, 2, 3, 1), 5);
    expect(at(uniform, 0, 0, 3, 2)).toBeCloseTo(0.25, 6);
    expect(at(uniform, 0, 0, 3, 4)).toBe(0);
  });

  it('compose in the order given', async () => {
    const edits: Edit[] = [
      { site: 'residPre', layers: [1], operation: { kind: 'scale', by: 2 } },
      {
        site: 'residPre',
        layers: [1],
        operation: { kind: 'add', times: 3, value: { axes: '', shape: [], data: Float32Array.of(1) } },
      },
    ];
    const original = clean.get('residPre', 1);
    const forwards = (await run(edits)).get('residPre', 1);
    const backwards = (await run([...edits].reverse())).get('residPre', 1);
    expect(at(forwards, 1, 4, 2)).toBeCloseTo(2 * at(original, 1, 4, 2) + 3, 4);
    expect(at(backwards, 1, 4, 2)).toBeCloseTo(2 * (at(original, 1, 4, 2) + 3), 4);
  });

  it('differ per batch row', async () => {
    const edited = await run([{ site: 'mlpOut', layers: [0], rows: [1], operation: { kind: 'zero' } }]);
    expect(maxDifference(rowTensor(edited.get('residPost', 0), 0), rowTensor(clean.get('residPost', 0), 0))).toBe(0);
    expect(rowTensor(edited.get('mlpOut', 0), 1).data.every((x) => x === 0)).toBe(true);
  });

  it('replace by the clean value of another prompt is what that prompt has', async () => {
    const swapped = clean.get('residPre', 1);
    const half = swapped.data.length / 2;
    const data = Float32Array.from([...swapped.data.subarray(half), ...swapped.data.subarray(0, half)]);
    const edited = await run([
      { site: 'residPre', layers: [1], operation: { kind: 'resample', value: { ...value(swapped), data } } },
    ]);
    expect(
      maxDifference(rowTensor(edited.get('residPost', 1), 0), rowTensor(clean.get('residPost', 1), 1)),
    ).toBeLessThan(2e-5);
  });

  it('count negative positions from the end of each row, whichever side is padded', async () => {
    const rows = [ids[0] ?? [], (ids[1] ?? []).slice(0, 5)];
    const edits: Edit[] = [{ site: 'mlpOut', layers: [0], positions: [-2], operation: { kind: 'zero' } }];
    const right = (await model.forward({ ids: rows, edits, capture: [{ site: 'mlpOut', layers: [0] }] })).get(
      'mlpOut',
      0,
    );
    const left = (
      await model.forward({ ids: rows, edits, padding: 'left', capture: [{ site: 'mlpOut', layers: [0] }] })
    ).get('mlpOut', 0);
    expect([at(right, 0, 6, 0), at(right, 1, 3, 0), at(left, 0, 6, 0), at(left, 1, 6, 0)]).toEqual([0, 0, 0, 0]);
    expect(at(right, 1, 4, 0)).not.toBe(0);
    expect(at(left, 1, 5, 0)).not.toBe(0);
  });

  it('act while generating as they do in a forward pass', async () => {
    const edits: Edit[] = [{ site: 'z', layers: [0], heads: [0, 2], operation: { kind: 'scale', by: -3 } }];
    const prompt = ids[0] ?? [];
    const made: number[] = [];
    for await (const { id } of model.generate({ ids: prompt, maxNew: 3, edits, endIds: [] })) made.push(id);
    const { logits } = await model.forward({ ids: [[...prompt, ...made.slice(0, 2)]], edits, logits: 'last' });
    const data = logits?.data ?? new Float32Array();
    expect(data.indexOf(Math.max(...data))).toBe(made[2]);
  });

  it('with a value of another width are refused', async () => {
    const wrong: Edit = {
      site: 'z',
      operation: { kind: 'replace', value: { axes: 'H', shape: [3], data: new Float32Array(3) } },
    };
    await expect(run([wrong])).rejects.toThrow(/axis H .*expected 1 or/);
  });
});

function rowTensor(x: Tensor, row: number): Tensor {
  const [first, ...rest] = x.axes;
  if (first === undefined) throw new RangeError('scalar');
  const width = x.data.length / first.size;
  return { axes: [{ axis: first.axis, size: 1 }, ...rest], data: x.data.subarray(row * width, (row + 1) * width) };
}
