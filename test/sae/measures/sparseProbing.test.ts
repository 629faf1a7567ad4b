import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { sparseCodes } from '../../../sae/codes.ts';
import { logisticRegression } from '../../../sae/measures/logisticRegression.ts';
import { chanceOf, fullAccuracy, probedAttribute, sparseProbes } from '../../../sae/measures/sparseProbing.ts';
import type { ProbedAttribute } from '../../../sae/measures/sparseProbing.ts';

describe('logistic regression', () => {
  const random = seededRandom(4);
  const [count, width] = [300, 3];
  const data = Float64Array.from({ length: count * width }, () => random.normal());
  const truth = [2, -1, 0];
  const logit = (i: number) => truth.reduce((sum, w, d) => sum + w * (data[i * width + d] as number), 0.5);
  const isPositive = Array.from({ length: count }, (_, i) => random.next() < 1 / (1 + Math.exp(-logit(i))));

  it('finds the place where the slope of the penalised loss is 0', () => {
    const { weights, bias } = logisticRegression({ width, data }, isPositive);
    const slope = new Float64Array(width + 1);
    for (let i = 0; i < count; i++) {
      const sum = weights.reduce((total, w, d) => total + w * (data[i * width + d] as number), bias);
      const error = 1 / (1 + Math.exp(-sum)) - Number(isPositive[i]);
      for (let d = 0; d < width; d++) slope[d] = (slope[d] as number) + error * (data[i * width + d] as number);
      slope[width] = (slope[width] as number) + error;
    }
    for (let d = 0; d < width; d++) expect((slope[d] as number) + (weights[d] as number)).toBeCloseTo(0, 3);
    expect(slope[width]).toBeCloseTo(0, 3);
    expect(weights[0]).toBeGreaterThan(1);
    expect(weights[1]).toBeLessThan(-0.4);
  });

  it('stays finite where a column tells everything, or nothing', () => {
    const column = Float64Array.from(isPositive.flatMap((is) => [is ? 1 : -1, 0]));
    const { weights, bias } = logisticRegression({ width: 2, data: column }, isPositive);
    expect(weights[0]).toBeGreaterThan(2);
    expect(weights[1]).toBe(0);
    expect(Number.isFinite(bias)).toBe(true);
  });
});

/** Feature 3 + v is active where the value is v; the others are noise. */
function planted(values: number) {
  const random = seededRandom(7);
  const [rows, features] = [400, 30];
  const of = Int32Array.from({ length: rows }, () => random.below(values));
  const dense = Float32Array.from({ length: rows * features }, () => Math.max(0, random.normal() - 1));
  of.forEach((value, row) => {
    for (let v = 0; v < values; v++) dense[row * features + 3 + v] = v === value ? 2 + random.next() : 0;
  });
  const attribute = { name: 'a', values: Array.from({ length: values }, (_, v) => `v${v}`), of };
  const probed = probedAttribute(attribute, 0) as ProbedAttribute;
  return { rows: { width: features, data: dense }, codes: sparseCodes(dense, features), probed };
}

describe('sparse probing', () => {
  it('reads an attribute of two values off the one feature that has it', () => {
    const { codes, probed } = planted(2);
    const [one, two] = sparseProbes(codes, probed, [1, 2]);
    expect(one).toMatchObject({ k: 1, accuracy: 1 });
    expect([3, 4]).toContain(one?.features[0]);
    expect([...(two?.features ?? [])].sort()).toEqual([3, 4]);
    expect(chanceOf(probed)).toBeLessThan(0.7);
  });

  it('reads one of five values off one feature each, and no more than chance where they say nothing', () => {
    const { rows, codes, probed } = planted(5);
    const [probe] = sparseProbes(codes, probed, [1]);
    expect(probe?.accuracy).toBe(1);
    expect([...(probe?.features ?? [])].sort()).toEqual([3, 4, 5, 6, 7]);
    expect(fullAccuracy(rows, probed)).toBeGreaterThan(0.98);
    const silent = { ...codes, indices: codes.indices.map((feature) => (feature < 8 ? 0 : feature)) };
    expect(sparseProbes(silent, probed, [1])[0]?.accuracy).toBeLessThan(chanceOf(probed) + 0.2);
  });

  it('holds out a fifth, leaves rare values out, and is null where one value is left', () => {
    const of = Int32Array.from({ length: 100 }, (_, i) => (i === 0 ? 2 : i % 2));
    const attribute = { name: 'a', values: ['x', 'y', 'z'], of };
    const probed = probedAttribute(attribute, 1) as ProbedAttribute;
    expect(probed.classes).toHaveLength(2);
    expect(probed.held.length + probed.train.length).toBe(99);
    expect(new Set([...probed.held, ...probed.train]).size).toBe(99);
    expect(probedAttribute({ ...attribute, of: new Int32Array(100) }, 1)).toBeNull();
  });

  it('no prompt lies on both sides, and of one that repeats one row is tested', () => {
    const texts = Array.from({ length: 100 }, (_, row) => `prompt ${row % 20}`);
    const of = Int32Array.from({ length: 100 }, (_, row) => row % 2);
    const attribute = { name: 'a', values: ['x', 'y'], of };
    const { train, held } = probedAttribute(attribute, 1, texts) as ProbedAttribute;
    const side = (rows: readonly number[]) => new Set(rows.map((row) => texts[row]));
    expect([held.length, side(held).size, train.length, side(train).size]).toEqual([4, 4, 80, 16]);
    expect([...side(held)].filter((text) => side(train).has(text))).toEqual([]);
    expect(probedAttribute(attribute, 1, texts)).toEqual(probedAttribute(attribute, 1, texts));
    // Without repeats it is the split of rows.
    const own = texts.map((_, row) => String(row));
    expect(probedAttribute(attribute, 1, own)).toEqual(probedAttribute(attribute, 1));
    const two = texts.map((_, row) => String(row % 2));
    expect(probedAttribute(attribute, 1, two)).toBeNull();
  });
});
