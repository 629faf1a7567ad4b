import { describe, expect, it } from 'vitest';
import {
  ablate,
  attribute,
  capture,
  Fault,
  mergeHeads,
  open,
  readHeads,
  run,
  tasks,
  writeHeads,
} from '../../engine/service/index.ts';
import { planted } from './headscope.ts';

const model = await open(planted);
const ids = [5, 6, 7, 8, 5, 6];

describe('the package for scripts', () => {
  it('lists the tasks', () => {
    expect(tasks.map(({ id }) => id)).toContain('ioi');
  });

  it('runs a prompt with edits as text or as data', async () => {
    const text = await run(model, { prompt: { ids }, edits: ['L1H1.z=zero'] });
    const data = await run(model, {
      prompt: { ids },
      edits: [{ site: 'z', layers: [1], heads: [1], operation: { kind: 'zero' } }],
    });
    expect(text).toEqual(data);
    expect(text.before[0]?.id).toBe(7);
    expect(text.kl).toBeGreaterThan(1);
    expect((await run(model, { prompt: { ids }, top: 2 })).after).toBeNull();
  });

  it('captures sites by name, whatever the number of prompts', async () => {
    const prompts = Array.from({ length: 70 }, (_, i) => ({
      ids: ids.slice(0, 1 + (i % 6)).concat(Array.from({ length: 30 }, () => 9)),
    }));
    const { tensors, lengths } = await capture(model, { prompts, sites: ['z', 'logits'], layers: [1] });
    expect([...tensors.keys()].toSorted()).toEqual(['logits', 'z.1']);
    expect(tensors.get('z.1')?.shape).toEqual([70, 36, 4, 32]);
    expect(lengths.slice(0, 3)).toEqual([31, 32, 33]);
    const alone = await capture(model, { prompts: prompts.slice(67, 68), sites: ['z'], layers: [1] });
    const [whole, single] = [tensors.get('z.1')?.data, alone.tensors.get('z.1')?.data];
    const row = 36 * 4 * 32;
    single?.forEach((value, i) => expect(Math.abs((whole?.[67 * row + i] ?? NaN) - value)).toBeLessThan(1e-4));
  });

  it('ablates every head on prompts of its own', async () => {
    const seen: number[] = [];
    const { baseline, heads, units } = await ablate(model, {
      prompts: [{ ids, answerId: 7, wrongId: 8 }],
      onUnit: ({ layer }) => void seen.push(layer),
    });
    expect(baseline.doesTask).toBe(true);
    expect([seen.length, units.length]).toEqual([8, 8]);
    expect(readHeads(writeHeads(heads), 'heads')).toEqual(heads);
  });

  it('estimates what it ablates', async () => {
    const prompts = [{ ids, answerId: 7, wrongId: 8, corruptIds: [5, 6, 9, 8, 5, 6] }];
    const exact = await ablate(model, { prompts, kind: 'resample' });
    const seen: string[] = [];
    const { baseline, heads, units } = await attribute(model, {
      ...{ prompts, method: 'atp', sites: ['z', 'v'] },
      onUnit: ({ site }) => void seen.push(site),
    });
    expect(baseline).toEqual(exact.baseline);
    expect([units.length, seen.filter((site) => site === 'v').length]).toEqual([16, 8]);
    const merged = mergeHeads(exact.heads, heads, 'ablated');
    const induction = merged.units.find(({ layer, head }) => layer === 1 && head === 1);
    const meanOf = (id: string) => induction?.values[`${id}.logitDifference`]?.mean ?? NaN;
    expect(meanOf('attribution.atp')).toBeCloseTo(meanOf('ablation.resample'), 3);
    expect(meanOf('ablation.resample')).toBeLessThan(-10);
    const rank = attribute(model, { prompts, method: 'atp', metric: 'rank' });
    await expect(rank).rejects.toThrow('attribute: the rank has no gradient');
  });

  it('throws a Fault for bad input, and stops when told to', async () => {
    await expect(run(model, { prompt: { ids: [64] } })).rejects.toThrow(Fault);
    const stopped = ablate(model, { prompts: { task: 'induction', n: 4 }, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow(/abort/);
    await model.dispose();
  });
});
